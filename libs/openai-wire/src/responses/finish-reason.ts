import { asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";

const INCOMPLETE: ReadonlyMap<string, FinishReason> = new Map([
  ["max_output_tokens", FinishReason.LENGTH],
  ["max_tokens", FinishReason.LENGTH],
  ["content_filter", FinishReason.CONTENT_FILTER],
]);

/** Why a response ended, with the provider's own word: the reason of an incomplete one, else its status. */
export function fromResponseStatus(
  response: JsonObject,
  hasToolCalls: boolean,
): { readonly reason: FinishReason; readonly raw: string } {
  const status = asText(response["status"]);
  if (status === "incomplete") {
    const raw = asText(asObject(response["incomplete_details"])["reason"]) || status;
    return { reason: INCOMPLETE.get(raw) ?? FinishReason.OTHER, raw };
  }
  return { reason: hasToolCalls ? FinishReason.TOOL_CALLS : FinishReason.STOP, raw: status || "completed" };
}
