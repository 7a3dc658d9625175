import type { Answer } from "../answer/plan-answer.ts";

/** OpenAI's word for the end of an answer. */
export function finishReason(answer: Answer): string {
  return answer.finish === "stop_sequence" || answer.finish === "refusal" ? "stop" : answer.finish;
}
