import { extraFieldsOf } from "@fairlead/adapter-kit/foreign";
import { asCount, asObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { tokenUsage } from "@fairlead/adapter-kit/token-usage";
import type { UnknownField } from "@fairlead/contracts/chat/v1/content";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { ANTHROPIC_DIALECT } from "./dialect.ts";

const KNOWN: ReadonlySet<string> = new Set(["input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]);

/** Names that are remembered of a stream's counts and other fields at most. */
const MAX_NAMES = 64;

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
    cacheWriteTokens: cacheWrites(counts),
    outputTokens: output - reasoningTokens,
    reasoningTokens,
  });
}

/** What usage tells beside the counts, such as the service tier and the lifetimes of what was cached. */
export function usageExtras(usage: unknown): UnknownField[] {
  return extraFieldsOf(asObject(usage), KNOWN, ANTHROPIC_DIALECT, "usage.");
}

/** Counts with newer ones set over them: a stream's counts are cumulative, and one that is missing has not changed. */
export function mergeCounts(known: JsonObject, newer: JsonObject): JsonObject {
  const merged = Object.assign(Object.create(null) as Record<string, unknown>, known);
  let names = Object.keys(merged).length;
  for (const [name, value] of Object.entries(newer)) {
    if (value === null || value === undefined || (!(name in merged) && ++names > MAX_NAMES)) continue;
    merged[name] = value;
  }
  return merged;
}

/** Tokens written to the cache, for however long they are kept. */
function cacheWrites(counts: JsonObject): number {
  const total = counts["cache_creation_input_tokens"];
  if (typeof total === "number") return asCount(total);
  const parts = asObject(counts["cache_creation"]);
  return asCount(parts["ephemeral_5m_input_tokens"]) + asCount(parts["ephemeral_1h_input_tokens"]);
}
