import { type ModelProfile, modelTable } from "../models/model-profile.ts";

/** Anthropic's models; times and rates are typical figures, not promises. */
export const anthropicModels = modelTable("anthropic", /-(?:\d{8}|latest)$/, [
  {
    id: "claude-opus-4-5",
    snapshot: "claude-opus-4-5-20251101",
    displayName: "Claude Opus 4.5",
    firstTokenMs: 1_100,
    tokensPerSecond: 55,
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
    reasons: true,
    created: 1_763_900_000,
  },
  {
    id: "claude-sonnet-4-5",
    snapshot: "claude-sonnet-4-5-20250929",
    displayName: "Claude Sonnet 4.5",
    firstTokenMs: 900,
    tokensPerSecond: 70,
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
    reasons: true,
    created: 1_759_100_000,
  },
  {
    id: "claude-haiku-4-5",
    snapshot: "claude-haiku-4-5-20251001",
    displayName: "Claude Haiku 4.5",
    firstTokenMs: 450,
    tokensPerSecond: 130,
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
    reasons: true,
    created: 1_760_400_000,
  },
  {
    id: "claude-fable-5-1",
    displayName: "Claude Fable 5 1",
    firstTokenMs: 3_500,
    tokensPerSecond: 45,
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    reasons: true,
    created: 1_788_220_800,
  },
  {
    id: "claude-opus-5-5",
    displayName: "Claude Opus 5 5",
    firstTokenMs: 2_000,
    tokensPerSecond: 60,
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    reasons: true,
    created: 1_790_035_200,
  },
  {
    id: "claude-opus-5",
    displayName: "Claude Opus 5",
    firstTokenMs: 2_000,
    tokensPerSecond: 60,
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    reasons: true,
    created: 1_784_851_200,
  },
  {
    id: "claude-opus-4-8",
    displayName: "Claude Opus 4 8",
    firstTokenMs: 1_700,
    tokensPerSecond: 60,
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    reasons: true,
    created: 1_780_272_000,
  },
  {
    id: "claude-opus-4-6",
    displayName: "Claude Opus 4 6",
    firstTokenMs: 1_600,
    tokensPerSecond: 60,
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    reasons: true,
    created: 1_770_249_600,
  },
  {
    id: "claude-sonnet-5-5",
    displayName: "Claude Sonnet 5 5",
    firstTokenMs: 1_200,
    tokensPerSecond: 85,
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    reasons: true,
    created: 1_790_553_600,
  },
  {
    id: "claude-sonnet-5",
    displayName: "Claude Sonnet 5",
    firstTokenMs: 1_200,
    tokensPerSecond: 80,
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    reasons: true,
    created: 1_782_777_600,
  },
  {
    id: "claude-sonnet-4-6",
    displayName: "Claude Sonnet 4 6",
    firstTokenMs: 1_100,
    tokensPerSecond: 75,
    contextTokens: 1_000_000,
    maxOutputTokens: 64_000,
    reasons: true,
    created: 1_771_286_400,
  },
  {
    id: "claude-haiku-5-5",
    displayName: "Claude Haiku 5 5",
    firstTokenMs: 600,
    tokensPerSecond: 150,
    contextTokens: 1_000_000,
    maxOutputTokens: 64_000,
    reasons: true,
    created: 1_791_331_200,
  },
]);

interface ListedModel {
  readonly type: "model";
  readonly id: string;
  readonly display_name: string;
  readonly created_at: string;
}

/** The model as the list of models shows it, under the id by which it was asked for. */
export function describeModel(profile: ModelProfile, id: string): ListedModel {
  const createdAt = new Date(profile.created * 1000).toISOString();
  return { type: "model", id, display_name: profile.displayName, created_at: createdAt };
}
