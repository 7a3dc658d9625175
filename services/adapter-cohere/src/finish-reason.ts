import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ["COMPLETE", FinishReason.STOP],
  ["STOP_SEQUENCE", FinishReason.STOP_SEQUENCE],
  ["MAX_TOKENS", FinishReason.LENGTH],
  ["TOOL_CALL", FinishReason.TOOL_CALLS],
]);

/** Why an answer ended. Words that are not known are OTHER. */
export function fromCohereFinishReason(raw: string): FinishReason {
  return REASONS.get(raw) ?? (raw === "" ? FinishReason.UNSPECIFIED : FinishReason.OTHER);
}
