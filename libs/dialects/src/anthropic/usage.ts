import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";

/** Tokens as Anthropic counts them: cached ones beside the input, thinking inside the output. */
export interface UsageBody {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
  /** Only there when the provider sent no counts, or none yet, and these were worked out from the text. */
  readonly estimated?: true;
}

export const NO_USAGE: UsageBody = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
};

/** Rebuilds Anthropic's counts from the disjoint buckets. */
export function toUsageBody(usage: TokenUsage): UsageBody {
  return {
    input_tokens: usage.inputTokens + usage.audioInputTokens + usage.imageInputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    output_tokens: usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens + usage.imageOutputTokens,
    ...(usage.estimated ? { estimated: true as const } : {}),
  };
}
