import { isObject, type JsonObject } from "../json.ts";

/** Characters of a text in which a schema is looked for at most. */
const MAX_TEXT = 64 * 1024;
/** Places at which a schema may begin that are tried at most. */
const MAX_TRIES = 16;

/** The JSON schema that a text ends with, as callers tell it to models in words. Undefined: there is none. */
export function schemaInText(text: string): JsonObject | undefined {
  const told = text.slice(-MAX_TEXT).trimEnd();
  for (let at = told.indexOf("{"), tries = 0; at >= 0 && tries < MAX_TRIES; at = told.indexOf("{", at + 1), tries++) {
    const value = parse(told.slice(at));
    if (isObject(value) && "type" in value) return value;
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
