import { extraFieldsOf } from "@fairlead/adapter-kit/foreign";
import { asCount, asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { tokenUsage } from "@fairlead/adapter-kit/token-usage";
import type { UnknownField } from "@fairlead/contracts/chat/v1/content";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { GOOGLE_DIALECT } from "./dialect.ts";

const COUNTS = ["promptTokenCount", "candidatesTokenCount", "totalTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount", "cachedContentTokenCount"] as const;

const KNOWN: ReadonlySet<string> = new Set([...COUNTS, "promptTokensDetails", "candidatesTokensDetails", "cacheTokensDetails", "toolUsePromptTokensDetails"]);

/**
 * Gemini's counts in disjoint buckets: cached tokens are counted inside the prompt, thoughts on top of the candidates and
 * prompts of the provider's own tools on top of the prompt. Undefined where there are no counts.
 */
export function fromGoogleUsage(metadata: unknown): TokenUsage | undefined {
  const counts = asObject(metadata);
  if (!COUNTS.some((name) => typeof counts[name] === "number")) return undefined;
  const prompt = asCount(counts["promptTokenCount"]) + asCount(counts["toolUsePromptTokenCount"]);
  const cacheReadTokens = Math.min(asCount(counts["cachedContentTokenCount"]), prompt);
  const fresh = prompt - cacheReadTokens;
  const audioInputTokens = Math.min(uncached(counts, "AUDIO"), fresh);
  const imageInputTokens = Math.min(uncached(counts, "IMAGE"), fresh - audioInputTokens);
  const candidates = asCount(counts["candidatesTokenCount"]);
  const audioOutputTokens = Math.min(ofModality(counts["candidatesTokensDetails"], "AUDIO"), candidates);
  const imageOutputTokens = Math.min(ofModality(counts["candidatesTokensDetails"], "IMAGE"), candidates - audioOutputTokens);
  return tokenUsage({
    inputTokens: fresh - audioInputTokens - imageInputTokens,
    cacheReadTokens,
    audioInputTokens,
    imageInputTokens,
    outputTokens: candidates - audioOutputTokens - imageOutputTokens,
    audioOutputTokens,
    imageOutputTokens,
    reasoningTokens: asCount(counts["thoughtsTokenCount"]),
  });
}

/** What usage tells beside the counts, such as the kind of traffic. */
export function usageExtras(metadata: unknown): UnknownField[] {
  return extraFieldsOf(asObject(metadata), KNOWN, GOOGLE_DIALECT, "usageMetadata.");
}

function uncached(counts: JsonObject, modality: string): number {
  const given = ofModality(counts["promptTokensDetails"], modality) + ofModality(counts["toolUsePromptTokensDetails"], modality);
  return Math.max(0, given - ofModality(counts["cacheTokensDetails"], modality));
}

function ofModality(details: unknown, modality: string): number {
  return asList(details)
    .map(asObject)
    .filter((detail) => asText(detail["modality"]) === modality)
    .reduce((sum, detail) => sum + asCount(detail["tokenCount"]), 0);
}
