import type { Answer } from "../answer/plan-answer.ts";

/** Usage of a whole answer: tokens of thoughts come on top of those of the candidates. */
export function usageMetadata(promptTokens: number, answers: readonly Answer[]): object {
  let candidates = 0;
  let thoughts = 0;
  for (const answer of answers) {
    candidates += answer.outputTokens - answer.thinkingTokens;
    thoughts += answer.thinkingTokens;
  }
  return {
    promptTokenCount: promptTokens,
    candidatesTokenCount: candidates,
    totalTokenCount: promptTokens + candidates + thoughts,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: promptTokens }],
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
  };
}

/** Usage in the middle of a stream: the prompt only. */
export function promptUsage(promptTokens: number): object {
  const details = [{ modality: "TEXT", tokenCount: promptTokens }];
  return { promptTokenCount: promptTokens, totalTokenCount: promptTokens, promptTokensDetails: details };
}
