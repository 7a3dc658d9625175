import type { PromptTokens } from "./prompt-cache.ts";

/** The whole usage of a message with so many output tokens. */
export function messageUsage(prompt: PromptTokens, outputTokens: number): object {
  return {
    input_tokens: prompt.input,
    cache_creation_input_tokens: prompt.cacheWrite,
    cache_read_input_tokens: prompt.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: prompt.ttl === "5m" ? prompt.cacheWrite : 0,
      ephemeral_1h_input_tokens: prompt.ttl === "1h" ? prompt.cacheWrite : 0,
    },
    output_tokens: outputTokens,
    service_tier: "standard",
  };
}

/** The cumulative usage that ends a stream. */
export function finalUsage(prompt: PromptTokens, outputTokens: number): object {
  return {
    input_tokens: prompt.input,
    cache_creation_input_tokens: prompt.cacheWrite,
    cache_read_input_tokens: prompt.cacheRead,
    output_tokens: outputTokens,
  };
}
