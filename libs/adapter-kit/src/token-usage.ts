import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";

/** Usage of the given buckets; the others are 0. */
export function tokenUsage(buckets: Partial<Omit<TokenUsage, "$typeName">>): TokenUsage {
  return {
    $typeName: "fairlead.chat.v1.TokenUsage",
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    audioInputTokens: 0,
    audioOutputTokens: 0,
    imageInputTokens: 0,
    imageOutputTokens: 0,
    estimated: false,
    ...buckets,
  };
}

/** All tokens of the prompt. */
export function totalInputTokens(usage: TokenUsage): number {
  return (
    usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.audioInputTokens + usage.imageInputTokens
  );
}

/** All tokens of the answer. */
export function totalOutputTokens(usage: TokenUsage): number {
  return usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens + usage.imageOutputTokens;
}
