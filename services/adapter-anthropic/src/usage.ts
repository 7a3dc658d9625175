import { asCount, asObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { tokenUsage } from "@fairlead/adapter-kit/token-usage";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";

/**
 * Anthropic's counts in disjoint buckets: cached tokens are counted beside its input tokens, thinking inside its output
 * tokens. Undefined where there are no counts.
 */
export function fromAnthropicUsage(usage: unknown): TokenUsage | undefined {
  const counts = asObject(usage);
  if (typeof counts["input_tokens"] !== "number" && typeof counts["output_tokens"] !== "number") return undefined;
  const output = asCount(counts["output_tokens"]);
  const reasoningTokens = Math.min(asCount(asObject(counts["output_tokens_details"])["thinking_tokens"]), output);
  return tokenUsage({
    inputTokens: asCount(counts["input_tokens"]),
    cacheReadTokens: asCount(counts["cache_read_input_tokens"]),
    cacheWriteTokens: asCount(counts["cache_creation_input_tokens"]),
    outputTokens: output - reasoningTokens,
    reasoningTokens,
  });
}

/** Counts with newer ones set over them: a stream's counts are cumulative, and one that is missing has not changed. */
export function mergeCounts(known: JsonObject, newer: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...known };
  for (const [name, value] of Object.entries(newer)) if (value !== null && value !== undefined) merged[name] = value;
  return merged;
}
