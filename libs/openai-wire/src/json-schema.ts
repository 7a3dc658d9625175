import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { parseSchema } from "@fairlead/adapter-kit/json-schema";
import { compileStrictSchema } from "./compile-strict-schema.ts";

/**
 * A schema of the request as an object, closed where it is strict.
 *
 * @param path of the field in chat.v1, which is noted where the schema had to be changed
 * @throws FairleadError INVALID_REQUEST where it is no JSON object
 */
export function readSchema(text: string, strict: boolean, path: string, log: AdaptationLog): JsonObject {
  const schema = parseSchema(text, path);
  if (!strict) return schema;
  const compiled = compileStrictSchema(schema);
  if (compiled.changed) log.emulated(path, "Strict mode wants closed objects; what was optional may be null instead.");
  return compiled.schema;
}

/** A name of a schema as OpenAI takes it. */
export function schemaName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64);
}
