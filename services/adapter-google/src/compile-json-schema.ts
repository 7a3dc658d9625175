import { asList, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import type { CompiledSchema } from "./compile-gemini-schema.ts";

const MAX_DEPTH = 64;

/** Keywords of JSON schema that Gemini takes. */
const TAKEN: ReadonlySet<string> = new Set([
  "$anchor",
  "$defs",
  "$id",
  "$ref",
  "additionalProperties",
  "anyOf",
  "description",
  "enum",
  "format",
  "items",
  "maximum",
  "maxItems",
  "minimum",
  "minItems",
  "oneOf",
  "prefixItems",
  "properties",
  "propertyOrdering",
  "required",
  "title",
  "type",
]);

/** Keywords that nothing is lost without. */
const SILENT: ReadonlySet<string> = new Set(["$comment", "$schema", "const", "default", "definitions", "examples", "readOnly", "strict", "writeOnly"]);

/**
 * A JSON schema in the part of the standard that later models of Gemini take: references stay, and with them schemas that
 * refer to themselves.
 */
export function compileJsonSchema(schema: JsonObject): CompiledSchema {
  const state = { lost: false };
  return { schema: compile(schema, state, 0) as JsonObject, lost: state.lost };
}

function compile(node: unknown, state: { lost: boolean }, depth: number): unknown {
  if (!isObject(node)) return node;
  if (depth > MAX_DEPTH) {
    state.lost = true;
    return {};
  }
  const each = (value: unknown) => compile(value, state, depth + 1);
  // Beside a reference Gemini takes nothing that does not begin with $.
  const keys = Object.keys(node).filter((key) => typeof node["$ref"] !== "string" || key.startsWith("$") || key === "definitions");
  const out: Record<string, unknown> = {};
  for (const key of keys) {
    const value = node[key];
    if (!TAKEN.has(key)) state.lost ||= !SILENT.has(key);
    else if (key === "properties" || key === "$defs") out[key] = group(value, each);
    else if (key === "items" || key === "additionalProperties") out[key] = each(value);
    else if (key === "anyOf" || key === "oneOf" || key === "prefixItems") out[key] = asList(value).map(each);
    else if (key === "$ref") out[key] = String(value).replace(/^#\/definitions\//, "#/$defs/");
    else out[key] = value;
  }
  if (isObject(node["definitions"])) out["$defs"] = { ...group(node["definitions"], each), ...(out["$defs"] as JsonObject | undefined) };
  if (node["const"] !== undefined && out["$ref"] === undefined) out["enum"] = [node["const"]];
  if (isObject(out["properties"])) out["propertyOrdering"] ??= Object.keys(out["properties"]);
  return out;
}

function group(value: unknown, each: (value: unknown) => unknown): JsonObject {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, each(inner)]));
}
