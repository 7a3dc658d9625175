import type { JsonObject } from "../json.ts";

/** A field by its camel-case name or, as Google also takes it, by its snake-case name. */
export function field(object: JsonObject | undefined, name: string): unknown {
  if (object === undefined) return undefined;
  return object[name] ?? object[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}
