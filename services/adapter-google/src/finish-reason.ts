import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ["STOP", FinishReason.STOP],
  ["MAX_TOKENS", FinishReason.LENGTH],
  ["SAFETY", FinishReason.CONTENT_FILTER],
  ["RECITATION", FinishReason.CONTENT_FILTER],
  ["BLOCKLIST", FinishReason.CONTENT_FILTER],
  ["PROHIBITED_CONTENT", FinishReason.CONTENT_FILTER],
  ["SPII", FinishReason.CONTENT_FILTER],
  ["IMAGE_SAFETY", FinishReason.CONTENT_FILTER],
  ["IMAGE_PROHIBITED_CONTENT", FinishReason.CONTENT_FILTER],
  ["IMAGE_RECITATION", FinishReason.CONTENT_FILTER],
]);

/**
 * Why an answer ended. Words that are not known are OTHER.
 *
 * @param hasToolCalls Gemini ends a call of a tool with STOP, as it ends any answer
 */
export function fromGoogleFinishReason(raw: string, hasToolCalls: boolean): FinishReason {
  if (hasToolCalls && raw === "STOP") return FinishReason.TOOL_CALLS;
  return REASONS.get(raw) ?? (raw === "" ? FinishReason.UNSPECIFIED : FinishReason.OTHER);
}
