import { invalidField } from "@fairlead/rpc/fairlead-error";
import { isObject, type JsonObject, parseJson } from "./json.ts";

/** Nesting beyond which a schema is handed on as it is. */
const MAX_DEPTH = 64;

/**
 * A schema of the request as an object.
 *
 * @param path of the field in chat.v1
 * @throws FairleadError INVALID_REQUEST where it is no JSON object
 */
export function parseSchema(text: string, path: string): JsonObject {
  const schema = parseJson(text);
  if (!isObject(schema)) throw invalidField(`chat.${path}`, "a JSON object is expected");
  return schema;
}

/** A copy of a schema in which every schema was changed, those inside of others first. */
export function mapSchema(schema: JsonObject, change: (node: Record<string, unknown>) => void): JsonObject {
  return map(schema, change, 0) as JsonObject;
}

function map(node: unknown, change: (node: Record<string, unknown>) => void, depth: number): unknown {
  if (!isObject(node) || depth > MAX_DEPTH) return node;
  const each = (inner: unknown) => map(inner, change, depth + 1);
  const mapped: Record<string, unknown> = { ...node };
  for (const key of ["properties", "$defs", "definitions"]) {
    const group = node[key];
    if (isObject(group)) mapped[key] = Object.fromEntries(Object.entries(group).map(([name, value]) => [name, each(value)]));
  }
  for (const key of ["anyOf", "allOf", "oneOf"]) {
    if (Array.isArray(node[key])) mapped[key] = node[key].map(each);
  }
  if (isObject(node["items"])) mapped["items"] = each(node["items"]);
  change(mapped);
  return mapped;
}

/** Takes keywords out of a schema. True when there were some. */
export function withoutKeywords(node: Record<string, unknown>, keywords: readonly string[]): boolean {
  const found = keywords.filter((keyword) => keyword in node);
  for (const keyword of found) delete node[keyword];
  return found.length > 0;
}
