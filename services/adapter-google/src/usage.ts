import { asCount, asList, asObject, asText } from "@fairlead/adapter-kit/json";
import { tokenUsage } from "@fairlead/adapter-kit/token-usage";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";

/**
 * Gemini's counts in disjoint buckets: cached tokens are counted inside the prompt, thoughts on top of the candidates and
 * prompts of the provider's own tools on top of the prompt. Undefined where there are no counts.
 */
export function fromGoogleUsage(metadata: unknown): TokenUsage | undefined {
  const counts = asObject(metadata);
  if (typeof counts["promptTokenCount"] !== "number" && typeof counts["totalTokenCount"] !== "number") return undefined;
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

function uncached(counts: Readonly<Record<string, unknown>>, modality: string): number {
  return Math.max(0, ofModality(counts["promptTokensDetails"], modality) - ofModality(counts["cacheTokensDetails"], modality));
}

function ofModality(details: unknown, modality: string): number {
  return asList(details)
    .map(asObject)
    .filter((detail) => asText(detail["modality"]) === modality)
    .reduce((sum, detail) => sum + asCount(detail["tokenCount"]), 0);
}
