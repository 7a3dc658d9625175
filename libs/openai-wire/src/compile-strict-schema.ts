import { asList, asObject, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { mapSchema } from "@fairlead/adapter-kit/json-schema";

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
  const closed = mapSchema(schema, (node) => {
    if (isObject(node["properties"]) || node["type"] === "object") requireAll(node, state);
  });
  return { schema: closed, changed: state.changed };
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
