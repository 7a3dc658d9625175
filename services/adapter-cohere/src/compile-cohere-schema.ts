import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { asList, asObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { mapSchema, withoutKeywords } from "@fairlead/adapter-kit/json-schema";

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
  const compiled = mapSchema(schema, (node) => {
    if (withoutKeywords(node, REFUSED)) changes.loosened = true;
    requireOne(node, changes);
  });
  if (changes.loosened) log.dropped(path, "Cohere takes no bounds on numbers, lengths and counts in a schema.");
  if (changes.required) log.emulated(path, "Cohere wants at least one property of each object required.");
  return compiled;
}

function requireOne(node: Record<string, unknown>, changes: Changes): void {
  const [first] = Object.keys(asObject(node["properties"]));
  if (first === undefined || asList(node["required"]).length > 0) return;
  node["required"] = [first];
  changes.required = true;
}
