import { asCount, asObject } from "@fairlead/adapter-kit/json";
import { tokenUsage } from "@fairlead/adapter-kit/token-usage";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";

/**
 * OpenAI's counts in disjoint buckets: cached and audio tokens are counted inside the prompt, reasoning and audio tokens
 * inside the completion. Undefined where there are no counts.
 */
export function fromOpenaiUsage(usage: unknown): TokenUsage | undefined {
  const counts = asObject(usage);
  if (typeof counts["prompt_tokens"] !== "number") return undefined;
  const prompt = asCount(counts["prompt_tokens"]);
  const completion = asCount(counts["completion_tokens"]);
  const promptDetails = asObject(counts["prompt_tokens_details"]);
  const completionDetails = asObject(counts["completion_tokens_details"]);
  const cacheReadTokens = Math.min(asCount(promptDetails["cached_tokens"]), prompt);
  const audioInputTokens = Math.min(asCount(promptDetails["audio_tokens"]), prompt - cacheReadTokens);
  const reasoningTokens = Math.min(asCount(completionDetails["reasoning_tokens"]), completion);
  const audioOutputTokens = Math.min(asCount(completionDetails["audio_tokens"]), completion - reasoningTokens);
  return tokenUsage({
    inputTokens: prompt - cacheReadTokens - audioInputTokens,
    cacheReadTokens,
    audioInputTokens,
    outputTokens: completion - reasoningTokens - audioOutputTokens,
    reasoningTokens,
    audioOutputTokens,
  });
}
