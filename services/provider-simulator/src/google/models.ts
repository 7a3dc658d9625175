import { type ModelProfile, modelTable } from "../models/model-profile.ts";

/** Google's models; times and rates are typical figures, not promises. */
export const googleModels = modelTable("google", /-(?:\d{3}|latest|preview-\d{2}-\d{2,4})$/, [
  {
    id: "gemini-3-pro-preview",
    displayName: "Gemini 3 Pro Preview",
    firstTokenMs: 1_200,
    tokensPerSecond: 80,
    contextTokens: 1_048_576,
    maxOutputTokens: 65_536,
    reasons: true,
    created: 1_763_400_000,
  },
  {
    id: "gemini-2.5-pro",
    displayName: "Gemini 2.5 Pro",
    firstTokenMs: 1_000,
    tokensPerSecond: 90,
    contextTokens: 1_048_576,
    maxOutputTokens: 65_536,
    reasons: true,
    created: 1_750_100_000,
  },
  {
    id: "gemini-2.5-flash",
    displayName: "Gemini 2.5 Flash",
    firstTokenMs: 450,
    tokensPerSecond: 180,
    contextTokens: 1_048_576,
    maxOutputTokens: 65_536,
    reasons: true,
    created: 1_750_100_000,
  },
  {
    id: "gemini-2.5-flash-lite",
    displayName: "Gemini 2.5 Flash-Lite",
    firstTokenMs: 300,
    tokensPerSecond: 250,
    contextTokens: 1_048_576,
    maxOutputTokens: 65_536,
    reasons: true,
    created: 1_753_100_000,
  },
  {
    id: "gemini-2.0-flash",
    displayName: "Gemini 2.0 Flash",
    firstTokenMs: 350,
    tokensPerSecond: 170,
    contextTokens: 1_048_576,
    maxOutputTokens: 8_192,
    created: 1_738_700_000,
  },
  {
    id: "gemini-embedding-001",
    displayName: "Gemini Embedding 001",
    firstTokenMs: 100,
    tokensPerSecond: 100_000,
    contextTokens: 2_048,
    dimensions: 3_072,
    created: 1_752_400_000,
  },
]);

/** The model as the list of models shows it. */
export function describeModel(profile: ModelProfile): object {
  const methods =
    profile.kind === "embedding"
      ? ["embedContent", "countTokens"]
      : ["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"];
  return {
    name: `models/${profile.id}`,
    version: "001",
    displayName: profile.displayName,
    description: `${profile.displayName}, simulated`,
    inputTokenLimit: profile.contextTokens,
    outputTokenLimit: profile.maxOutputTokens || 1,
    supportedGenerationMethods: methods,
    thinking: profile.reasons,
  };
}
