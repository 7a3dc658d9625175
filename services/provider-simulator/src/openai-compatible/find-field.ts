import { isObject, type JsonObject, listOf } from "../json.ts";

/** Whether a body has a field, such as `stream_options` or `messages[].name`; null counts as not there. */
export function findField(body: JsonObject, path: string): boolean {
  const [name = "", ...rest] = path.split(".");
  const each = name.endsWith("[]");
  const value = body[each ? name.slice(0, -2) : name];
  if (rest.length === 0) return value !== undefined && value !== null;
  const inner = each ? listOf(value) : [value];
  return inner.some((entry) => isObject(entry) && findField(entry, rest.join(".")));
}
