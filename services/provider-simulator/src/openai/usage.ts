import type { Answer } from "../answer/plan-answer.ts";

/** Tokens of sound in a prompt, and whether its answers are spoken. */
export interface SoundUsage {
  readonly promptTokens: number;
  readonly spoken: boolean;
}

/** Usage of a chat completion; several choices share one prompt. */
export function chatUsage(
  promptTokens: number,
  cachedTokens: number,
  answers: readonly Answer[],
  sound: SoundUsage,
): object {
  let completion = 0;
  let reasoning = 0;
  for (const answer of answers) {
    completion += answer.outputTokens;
    reasoning += answer.thinkingTokens;
  }
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completion,
    total_tokens: promptTokens + completion,
    prompt_tokens_details: { cached_tokens: cachedTokens, audio_tokens: sound.promptTokens },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: sound.spoken ? completion - reasoning : 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** Usage of a response. */
export function responseUsage(inputTokens: number, cachedTokens: number, answer: Answer): object {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedTokens },
    output_tokens: answer.outputTokens,
    output_tokens_details: { reasoning_tokens: answer.thinkingTokens },
    total_tokens: inputTokens + answer.outputTokens,
  };
}
