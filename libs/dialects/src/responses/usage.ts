import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { toUsageBody as toChatUsage } from "../openai/usage.ts";

/** Tokens as the Responses API counts them: cached ones inside the input, reasoning inside the output. */
export interface UsageBody {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens?: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
  /** Only there when the provider sent no counts and these were worked out from the text. */
  readonly estimated?: true;
}

/** Rebuilds OpenAI's overlapping totals from the disjoint buckets. */
export function toUsageBody(usage: TokenUsage): UsageBody {
  const { prompt_tokens, completion_tokens, total_tokens, estimated } = toChatUsage(usage);
  return {
    input_tokens: prompt_tokens,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      ...(usage.cacheWriteTokens === 0 ? {} : { cache_write_tokens: usage.cacheWriteTokens }),
    },
    output_tokens: completion_tokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens,
    ...(estimated === undefined ? {} : { estimated }),
  };
}
