import { isObject, type JsonObject, listOf, objectOf, textOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import type { Refusal } from "../refusal.ts";
import { invalid } from "./errors.ts";
import { sees } from "./models.ts";

const BLOCKS: Readonly<Record<string, readonly string[]>> = {
  system: ["text"],
  user: ["text", "image_url"],
  assistant: ["text", "thinking"],
  tool: ["text", "document"],
};

/** Checks roles, blocks, and that each result of a tool belongs to a call. */
export function checkMessages(messages: unknown, model: ModelProfile): Refusal | undefined {
  if (!Array.isArray(messages) || messages.length === 0) return invalid("messages must not be empty.");
  const called = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) return invalid(`message at index ${index} must be an object.`);
    const refusal = checkMessage(message, index, model) ?? checkToolTurn(message, index, called);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkMessage(message: JsonObject, index: number, model: ModelProfile): Refusal | undefined {
  const allowed = BLOCKS[String(message["role"])];
  if (allowed === undefined) return invalid(`message at index ${index} has an unknown role.`);
  const { content } = message;
  if (typeof content === "string") return content === "" && message["role"] === "user" ? empty() : undefined;
  if (content === undefined) return message["role"] === "assistant" && "tool_calls" in message ? undefined : empty();
  if (!Array.isArray(content)) return invalid(`content of the message at index ${index} must be a string or a list.`);
  for (const block of content) {
    const type = textOf(objectOf(block)?.["type"]) ?? "";
    if (!allowed.includes(type))
      return invalid(`content type '${type.slice(0, 40)}' is not allowed in the message at index ${index}.`);
    if (type === "image_url" && !sees(model)) return invalid(`image content is not supported for model '${model.id}'.`);
  }
  return content.length === 0 ? empty() : undefined;
}

function empty(): Refusal {
  return invalid("message must be at least 1 token long or tool results must be specified.");
}

function checkToolTurn(message: JsonObject, index: number, called: Set<string>): Refusal | undefined {
  for (const call of listOf(message["tool_calls"])) called.add(textOf(objectOf(call)?.["id"]) ?? "");
  if (message["role"] !== "tool") return undefined;
  const id = textOf(message["tool_call_id"]) ?? "";
  if (id === "") return invalid(`tool_call_id of the message at index ${index} must not be empty.`);
  return called.has(id) ? undefined : invalid(`tool call id '${id.slice(0, 100)}' not found in previous tool calls.`);
}
