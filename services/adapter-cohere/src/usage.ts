import { asCount, asObject } from "@fairlead/adapter-kit/json";
import { tokenUsage } from "@fairlead/adapter-kit/token-usage";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";

/**
 * Cohere's counts in disjoint buckets whose sum is what is billed. Undefined where there are no counts.
 *
 * `tokens` counts what the model saw, with Cohere's own preamble and without images; `billed_units` counts what is paid
 * for, images included. `cached_tokens` is told of the former, so that of the tokens billed only those are surely
 * cached that the unbilled ones cannot make up.
 */
export function fromCohereUsage(usage: unknown): TokenUsage | undefined {
  const told = asObject(usage);
  const seen = asObject(told["tokens"]);
  const units = asObject(told["billed_units"]);
  const billed = hasCounts(units) ? units : seen;
  if (!hasCounts(billed)) return undefined;
  const input = asCount(billed["input_tokens"]);
  const output = asCount(billed["output_tokens"]);
  const imageInputTokens = Math.min(asCount(seen["image_tokens"]), input);
  const unbilled = Math.max(0, asCount(seen["input_tokens"]) + asCount(seen["image_tokens"]) - input);
  const cacheReadTokens = Math.min(Math.max(0, asCount(told["cached_tokens"]) - unbilled), input - imageInputTokens);
  const reasoningTokens = Math.min(asCount(seen["reasoning_tokens"]), output);
  return tokenUsage({
    inputTokens: input - imageInputTokens - cacheReadTokens,
    cacheReadTokens,
    imageInputTokens,
    outputTokens: output - reasoningTokens,
    reasoningTokens,
  });
}

function hasCounts(counts: ReturnType<typeof asObject>): boolean {
  return typeof counts["input_tokens"] === "number" || typeof counts["output_tokens"] === "number";
}
