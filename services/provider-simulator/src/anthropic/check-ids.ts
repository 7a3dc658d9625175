import { isObject, type JsonObject, listOf, textOf } from "../json.ts";
import type { Refusal } from "../refusal.ts";
import { invalid } from "./errors.ts";

const ID = /^[a-zA-Z0-9_-]+$/;
const MOST_MARKERS = 4;

/** Checks that ids of tool uses have the form that Anthropic takes and are there once, and counts the cache markers. */
export function checkIds(messages: readonly unknown[]): Refusal | undefined {
  const seen = new Set<string>();
  let markers = 0;
  for (const [index, message] of messages.entries()) {
    const content = isObject(message) ? listOf(message["content"]) : [];
    for (const [place, block] of content.filter(isObject).entries()) {
      if (isObject(block["cache_control"]) && ++markers > MOST_MARKERS) return tooManyMarkers(markers);
      const refusal = checkUse(block, seen, `messages.${index}.content.${place}`);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
}

function checkUse(block: JsonObject, seen: Set<string>, place: string): Refusal | undefined {
  if (block["type"] !== "tool_use") return undefined;
  const id = textOf(block["id"]) ?? "";
  if (!ID.test(id)) return invalid(`${place}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  if (seen.has(id)) return invalid("messages: `tool_use` ids must be unique");
  seen.add(id);
  return undefined;
}

function tooManyMarkers(found: number): Refusal {
  return invalid(`A maximum of ${MOST_MARKERS} blocks with cache_control may be provided. Found ${found}.`);
}
