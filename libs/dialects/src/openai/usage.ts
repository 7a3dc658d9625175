import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";

/** Tokens as OpenAI counts them: cached and audio tokens inside the prompt, reasoning inside the completion. */
export interface UsageBody {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: {
    readonly cached_tokens: number;
    readonly audio_tokens: number;
    readonly cache_write_tokens?: number;
  };
  readonly completion_tokens_details: { readonly reasoning_tokens: number; readonly audio_tokens: number };
  /** Only there when the provider sent no counts and these were worked out from the text. */
  readonly estimated?: true;
}

/** Rebuilds OpenAI's overlapping totals from the disjoint buckets. */
export function toUsageBody(usage: TokenUsage): UsageBody {
  const promptTokens =
    usage.inputTokens +
    usage.cacheReadTokens +
    usage.cacheWriteTokens +
    usage.audioInputTokens +
    usage.imageInputTokens;
  const completionTokens =
    usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens + usage.imageOutputTokens;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      audio_tokens: usage.audioInputTokens,
      ...(usage.cacheWriteTokens === 0 ? {} : { cache_write_tokens: usage.cacheWriteTokens }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens, audio_tokens: usage.audioOutputTokens },
    ...(usage.estimated ? { estimated: true as const } : {}),
  };
}
