import type { ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import { malformedAnswer } from "./malformed.ts";

/** Choices of an answer, and parts of a choice, at most: far more than anyone asks for. */
const MAX_CHOICES = 64;
const MAX_PARTS = 2_048;

/** The answer, unless it has more choices or parts than answers have: then it throws MALFORMED_ANSWER. */
export function boundedAnswer(answer: ChatResponse): ChatResponse {
  if (answer.choices.length > MAX_CHOICES) throw malformedAnswer("The provider's answer has too many choices.");
  if (answer.choices.some(({ parts }) => parts.length > MAX_PARTS)) throw malformedAnswer("The provider's answer has too many parts.");
  return answer;
}
