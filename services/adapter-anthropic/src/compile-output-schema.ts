import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { mapSchema, withoutKeywords } from "@fairlead/adapter-kit/json-schema";

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
  const compiled = mapSchema(schema, (node) => {
    if (withoutKeywords(node, REFUSED)) state.loosened = true;
    close(node, state);
  });
  if (state.loosened) log.dropped(path, "Anthropic takes no bounds on numbers, lengths and counts in a schema.");
  if (state.closed) log.emulated(path, "Anthropic takes closed objects alone in a schema.");
  return compiled;
}

function close(node: Record<string, unknown>, state: { closed: boolean }): void {
  const isClosable = node["type"] === "object" || isObject(node["properties"]);
  if (!isClosable || node["additionalProperties"] === false) return;
  node["additionalProperties"] = false;
  state.closed = true;
}
