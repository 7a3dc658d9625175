import type { JsonValue } from "@bufbuild/protobuf";
import type { Fields } from "../own-fields.ts";

/** Fields of an answer, a choice and a message that nobody else may write. */
const WRITTEN: ReadonlySet<string> = new Set([
  "id",
  "object",
  "created",
  "model",
  "choices",
  "usage",
  "fairlead",
  "index",
  "message",
  "delta",
  "finish_reason",
  "role",
  "content",
  "refusal",
  "reasoning_content",
  "reasoning_details",
  "tool_calls",
  "images",
  "audio",
]);

/** Fields that only this dialect has, without those that are written here. */
export function withoutWritten(fields: Fields): Fields {
  const others: Record<string, JsonValue> = {};
  for (const name in fields) if (!WRITTEN.has(name)) others[name] = fields[name] as JsonValue;
  return others;
}

/** Fields whose names begin with a prefix, without it, and the rest. */
export function splitByPrefix(fields: Fields, prefix: string): readonly [within: Fields, others: Fields] {
  const within: Record<string, JsonValue> = {};
  const others: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(prefix)) within[name.slice(prefix.length)] = value;
    else others[name] = value;
  }
  return [within, others];
}
