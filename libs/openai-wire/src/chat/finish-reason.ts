import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", FinishReason.STOP],
  ["eos", FinishReason.STOP],
  ["length", FinishReason.LENGTH],
  ["model_length", FinishReason.LENGTH],
  ["tool_calls", FinishReason.TOOL_CALLS],
  ["function_call", FinishReason.TOOL_CALLS],
  ["content_filter", FinishReason.CONTENT_FILTER],
  ["sensitive", FinishReason.CONTENT_FILTER],
]);

/**
 * Why an answer ended. Words that are not known are OTHER.
 *
 * @param hasToolCalls an answer to a forced choice of a tool ends with "stop", yet waits for the tool
 */
export function fromChatFinishReason(raw: string, hasToolCalls: boolean): FinishReason {
  const reason = REASONS.get(raw) ?? (raw === "" ? FinishReason.UNSPECIFIED : FinishReason.OTHER);
  return hasToolCalls && reason === FinishReason.STOP ? FinishReason.TOOL_CALLS : reason;
}
