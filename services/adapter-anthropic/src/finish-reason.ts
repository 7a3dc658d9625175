import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ["end_turn", FinishReason.STOP],
  ["max_tokens", FinishReason.LENGTH],
  ["model_context_window_exceeded", FinishReason.LENGTH],
  ["stop_sequence", FinishReason.STOP_SEQUENCE],
  ["tool_use", FinishReason.TOOL_CALLS],
  ["pause_turn", FinishReason.PAUSE],
  ["compaction", FinishReason.PAUSE],
  ["refusal", FinishReason.CONTENT_FILTER],
]);

/** Why an answer ended. Words that are not known are OTHER. */
export function fromAnthropicStopReason(raw: string): FinishReason {
  return REASONS.get(raw) ?? (raw === "" ? FinishReason.UNSPECIFIED : FinishReason.OTHER);
}
