import { asList, asObject, isObject, type JsonObject } from "@fairlead/adapter-kit/json";

/** Nesting beyond which a schema is handed on as it is; OpenAI takes ten levels at most. */
const MAX_DEPTH = 64;

/** A schema and whether it had to be changed. */
export interface CompiledSchema {
  readonly schema: JsonObject;
  readonly changed: boolean;
}

/**
 * A JSON schema as OpenAI's strict mode wants it: every object closed, every property required. What was optional may be
 * null instead.
 */
export function compileStrictSchema(schema: JsonObject): CompiledSchema {
  const state = { changed: false };
  return { schema: asObject(close(schema, state, 0)), changed: state.changed };
}

function close(node: unknown, state: { changed: boolean }, depth: number): unknown {
  if (!isObject(node) || depth > MAX_DEPTH) return node;
  const closed: Record<string, unknown> = { ...node };
  for (const key of ["properties", "$defs", "definitions"]) {
    if (isObject(node[key])) closed[key] = mapValues(node[key], (value) => close(value, state, depth + 1));
  }
  for (const key of ["anyOf", "allOf", "oneOf"]) {
    if (Array.isArray(node[key])) closed[key] = node[key].map((value) => close(value, state, depth + 1));
  }
  if (isObject(node["items"])) closed["items"] = close(node["items"], state, depth + 1);
  if (isObject(closed["properties"]) || node["type"] === "object") requireAll(closed, state);
  return closed;
}

function requireAll(schema: Record<string, unknown>, state: { changed: boolean }): void {
  const properties = asObject(schema["properties"]);
  const required = new Set(asList(schema["required"]));
  const names = Object.keys(properties);
  if (schema["additionalProperties"] !== false || names.some((name) => !required.has(name))) state.changed = true;
  schema["properties"] = Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, required.has(name) ? value : nullable(value)]),
  );
  schema["required"] = names;
  schema["additionalProperties"] = false;
}

function nullable(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const { type } = schema;
  if (type === "null" || (Array.isArray(type) && type.includes("null"))) return schema;
  const plain = schema["enum"] === undefined && schema["const"] === undefined;
  if (typeof type === "string" && plain) return { ...schema, type: [type, "null"] };
  return { anyOf: [schema, { type: "null" }] };
}

function mapValues(object: JsonObject, map: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
