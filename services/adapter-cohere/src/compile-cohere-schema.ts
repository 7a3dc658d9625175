import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { asList, asObject, isObject, type JsonObject, parseJson } from "@fairlead/adapter-kit/json";
import { invalidField } from "@fairlead/rpc/fairlead-error";

/** Nesting beyond which a schema is handed on as it is. */
const MAX_DEPTH = 64;

/** Keywords that Cohere's structured outputs do not take. */
const REFUSED = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
];

interface Changes {
  loosened: boolean;
  required: boolean;
}

/**
 * A JSON schema as Cohere's structured outputs want it: no bounds, and at least one property of each object required.
 */
export function compileCohereSchema(schema: JsonObject, path: string, log: AdaptationLog): JsonObject {
  const changes: Changes = { loosened: false, required: false };
  const compiled = asObject(compile(schema, changes, 0));
  if (changes.loosened) log.dropped(path, "Cohere takes no bounds on numbers, lengths and counts in a schema.");
  if (changes.required) log.emulated(path, "Cohere wants at least one property of each object required.");
  return compiled;
}

/** A schema of the request as an object. Throws INVALID_REQUEST where it is none. */
export function parseSchema(text: string, path: string): JsonObject {
  const schema = parseJson(text);
  if (!isObject(schema)) throw invalidField(`chat.${path}`, "a JSON object is expected");
  return schema;
}

function compile(node: unknown, changes: Changes, depth: number): unknown {
  if (!isObject(node) || depth > MAX_DEPTH) return node;
  const compiled: Record<string, unknown> = { ...node };
  for (const keyword of REFUSED) {
    if (!(keyword in compiled)) continue;
    delete compiled[keyword];
    changes.loosened = true;
  }
  for (const key of ["properties", "$defs", "definitions"]) {
    const group = node[key];
    if (!isObject(group)) continue;
    compiled[key] = Object.fromEntries(
      Object.entries(group).map(([name, value]) => [name, compile(value, changes, depth + 1)]),
    );
  }
  for (const key of ["anyOf", "allOf", "oneOf"]) {
    if (Array.isArray(node[key])) compiled[key] = node[key].map((value) => compile(value, changes, depth + 1));
  }
  if (isObject(node["items"])) compiled["items"] = compile(node["items"], changes, depth + 1);
  requireOne(compiled, changes);
  return compiled;
}

function requireOne(node: Record<string, unknown>, changes: Changes): void {
  const [first] = Object.keys(asObject(node["properties"]));
  if (first === undefined || asList(node["required"]).length > 0) return;
  node["required"] = [first];
  changes.required = true;
}
