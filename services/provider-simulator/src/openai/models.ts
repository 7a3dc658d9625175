import { modelTable } from "../models/model-profile.ts";

/** OpenAI's models; times and rates are typical figures, not promises. */
export const openAiModels = modelTable("openai", /-\d{4}-\d{2}-\d{2}$/, [
  {
    id: "gpt-5.2",
    snapshot: "gpt-5.2-2025-12-11",
    displayName: "GPT-5.2",
    firstTokenMs: 700,
    tokensPerSecond: 60,
    contextTokens: 400_000,
    maxOutputTokens: 128_000,
    reasons: true,
    created: 1_765_300_000,
  },
  {
    id: "gpt-5-mini",
    snapshot: "gpt-5-mini-2025-08-07",
    displayName: "GPT-5 mini",
    firstTokenMs: 500,
    tokensPerSecond: 90,
    contextTokens: 400_000,
    maxOutputTokens: 128_000,
    reasons: true,
    created: 1_754_400_000,
  },
  {
    id: "gpt-5-nano",
    snapshot: "gpt-5-nano-2025-08-07",
    displayName: "GPT-5 nano",
    firstTokenMs: 350,
    tokensPerSecond: 140,
    contextTokens: 400_000,
    maxOutputTokens: 128_000,
    reasons: true,
    created: 1_754_400_000,
  },
  {
    id: "gpt-4o",
    snapshot: "gpt-4o-2024-08-06",
    displayName: "GPT-4o",
    firstTokenMs: 450,
    tokensPerSecond: 80,
    contextTokens: 128_000,
    maxOutputTokens: 16_384,
    created: 1_715_300_000,
  },
  {
    id: "gpt-4o-mini",
    snapshot: "gpt-4o-mini-2024-07-18",
    displayName: "GPT-4o mini",
    firstTokenMs: 350,
    tokensPerSecond: 100,
    contextTokens: 128_000,
    maxOutputTokens: 16_384,
    created: 1_721_100_000,
  },
  {
    id: "text-embedding-3-small",
    displayName: "Text embedding 3 small",
    firstTokenMs: 80,
    tokensPerSecond: 100_000,
    contextTokens: 8_192,
    dimensions: 1_536,
    created: 1_705_900_000,
  },
  {
    id: "text-embedding-3-large",
    displayName: "Text embedding 3 large",
    firstTokenMs: 120,
    tokensPerSecond: 100_000,
    contextTokens: 8_192,
    dimensions: 3_072,
    created: 1_705_900_000,
  },
]);

/** The model as the list of models shows it. */
export function describeModel(profile: { readonly id: string; readonly created: number }): object {
  return { id: profile.id, object: "model", created: profile.created, owned_by: "system" };
}
