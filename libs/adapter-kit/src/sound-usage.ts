import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { totalInputTokens, totalOutputTokens } from "./token-usage.ts";

/** Tokens of one call beyond which a count is no count: several times the longest context there is. */
const MOST_TOKENS = 50_000_000;

/**
 * Usage as it was told, with a side that cannot be true worked out from the text in its place and marked as estimated: a
 * prompt or an answer of no tokens at all, or of more than any model takes.
 *
 * @param estimate usage worked out from the text; asked for only where it is needed
 */
export function soundUsage(told: TokenUsage, estimate: () => TokenUsage): TokenUsage {
  const inputSound = isSound(totalInputTokens(told));
  const outputTokens = totalOutputTokens(told);
  if (inputSound && isSound(outputTokens)) return told;
  const worked = estimate();
  // An answer may hold nothing, and then cost nothing.
  const outputSound = isSound(outputTokens) || (outputTokens === 0 && worked.outputTokens === 0);
  if (inputSound && outputSound) return told;
  const input = inputSound ? told : worked;
  const output = outputSound ? told : worked;
  return {
    ...told,
    inputTokens: input.inputTokens,
    cacheReadTokens: input.cacheReadTokens,
    cacheWriteTokens: input.cacheWriteTokens,
    audioInputTokens: input.audioInputTokens,
    imageInputTokens: input.imageInputTokens,
    outputTokens: output.outputTokens,
    reasoningTokens: output.reasoningTokens,
    audioOutputTokens: output.audioOutputTokens,
    imageOutputTokens: output.imageOutputTokens,
    estimated: true,
  };
}

function isSound(tokens: number): boolean {
  return tokens > 0 && tokens <= MOST_TOKENS;
}
