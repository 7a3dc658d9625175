import { asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { inAnswerFailure } from "@fairlead/adapter-kit/provider-failure";
import { refuseErrorObject } from "../error-object.ts";

/** Fields of a response that are read, are made from others, or repeat the request. */
export const KNOWN_RESPONSE: ReadonlySet<string> = new Set([
  "background",
  "completed_at",
  "created_at",
  "error",
  "frequency_penalty",
  "id",
  "incomplete_details",
  "input",
  "instructions",
  "max_output_tokens",
  "max_tool_calls",
  "metadata",
  "model",
  "object",
  "output",
  "output_text",
  "parallel_tool_calls",
  "presence_penalty",
  "previous_response_id",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "reasoning",
  "safety_identifier",
  "status",
  "temperature",
  "text",
  "tool_choice",
  "tools",
  "top_logprobs",
  "top_p",
  "truncation",
  "usage",
  "user",
]);

/** A response without the news that it is not kept, which is so unless it is asked for. */
export function saidFields(response: JsonObject): JsonObject {
  return response["store"] === false ? { ...response, store: null } : response;
}

/** Items of one answer at most: a hostile one must not make what is built of it grow. */
export const MAX_ITEMS = 1_024;

/** Fields of a message item that are read. */
export const KNOWN_MESSAGE_ITEM: ReadonlySet<string> = new Set(["id", "type", "role", "status", "content"]);
/** Fields of a text that are read. */
export const KNOWN_TEXT: ReadonlySet<string> = new Set(["type", "text"]);
/** Fields of a refusal that are read. */
export const KNOWN_REFUSAL: ReadonlySet<string> = new Set(["type", "refusal"]);
/** Fields of a call that are read; its own id says nothing to whoever is not handed the whole item. */
export const KNOWN_CALL: ReadonlySet<string> = new Set(["id", "type", "status", "call_id", "name", "arguments"]);

/** Readable reasoning of an item: what the model thought where it is shown, else its summary. */
export function reasoningItemText(item: JsonObject): string {
  const content = asList(item["content"]);
  const texts = content.length > 0 ? content : asList(item["summary"]);
  return texts.map((part) => asText(asObject(part)["text"])).join(PARAGRAPH);
}

/** Stands between the parts of a summary. */
export const PARAGRAPH = "\n\n";

/**
 * Throws what a response means that failed or was given up.
 *
 * @throws FairleadError
 */
export function refuseFailedResponse(response: JsonObject, now: () => number): void {
  refuseErrorObject(response, now);
  const { status } = response;
  if (status === "failed" || status === "cancelled")
    throw inAnswerFailure({ error: { type: `response_${status}` } }, now());
}
