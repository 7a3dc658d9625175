import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { asObject, isObject, type JsonObject } from "@fairlead/adapter-kit/json";

/** Nesting beyond which a schema is handed on as it is. */
const MAX_DEPTH = 64;

/** Keywords that Anthropic's structured outputs refuse. */
const REFUSED = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
];

/** A JSON schema as Anthropic's structured outputs want it: every object closed, no bounds on numbers and lengths. */
export function compileOutputSchema(schema: JsonObject, path: string, log: AdaptationLog): JsonObject {
  const state = { closed: false, loosened: false };
  const compiled = asObject(compile(schema, state, 0));
  if (state.loosened) log.dropped(path, "Anthropic takes no bounds on numbers, lengths and counts in a schema.");
  if (state.closed) log.emulated(path, "Anthropic takes closed objects alone in a schema.");
  return compiled;
}

function compile(node: unknown, state: { closed: boolean; loosened: boolean }, depth: number): unknown {
  if (!isObject(node) || depth > MAX_DEPTH) return node;
  const compiled: Record<string, unknown> = { ...node };
  for (const keyword of REFUSED) {
    if (!(keyword in compiled)) continue;
    delete compiled[keyword];
    state.loosened = true;
  }
  for (const key of ["properties", "$defs", "definitions"]) {
    const group = node[key];
    if (!isObject(group)) continue;
    compiled[key] = Object.fromEntries(Object.entries(group).map(([name, value]) => [name, compile(value, state, depth + 1)]));
  }
  for (const key of ["anyOf", "allOf", "oneOf"]) {
    if (Array.isArray(node[key])) compiled[key] = node[key].map((value) => compile(value, state, depth + 1));
  }
  if (isObject(node["items"])) compiled["items"] = compile(node["items"], state, depth + 1);
  const isClosable = node["type"] === "object" || isObject(node["properties"]);
  if (isClosable && node["additionalProperties"] !== false) {
    compiled["additionalProperties"] = false;
    state.closed = true;
  }
  return compiled;
}
