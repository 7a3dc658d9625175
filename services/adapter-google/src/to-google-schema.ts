import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { parseSchema } from "@fairlead/adapter-kit/json-schema";
import { compileGeminiSchema } from "./compile-gemini-schema.ts";
import { compileJsonSchema } from "./compile-json-schema.ts";

/** A schema as Gemini takes it. */
export interface GoogleSchema {
  readonly schema: JsonObject;
  /** Whether it is JSON schema; otherwise it is of the subset that every model takes. */
  readonly isJsonSchema: boolean;
}

/**
 * Compiles a schema: to the subset that every model takes, which bounds texts too; where that loses something, to JSON
 * schema, if the model takes it.
 *
 * @param text the schema as JSON text
 * @param path of the text in the request
 * @throws FairleadError INVALID_REQUEST where it is no JSON object
 */
export function toGoogleSchema(text: string, path: string, takesJsonSchema: boolean, log: AdaptationLog): GoogleSchema {
  const given = parseSchema(text, path);
  const subset = compileGeminiSchema(given);
  if (!subset.lost) return { schema: subset.schema, isJsonSchema: false };
  const whole = takesJsonSchema ? compileJsonSchema(given) : undefined;
  if (whole?.lost !== false) log.dropped(path, "Gemini takes a part of JSON schema; some constraints were left out.");
  return { schema: (whole ?? subset).schema, isJsonSchema: whole !== undefined };
}
