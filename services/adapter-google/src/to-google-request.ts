import { type AdaptationLog, createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { asObject } from "@fairlead/adapter-kit/json";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure } from "@fairlead/rpc/fairlead-error";
import { GOOGLE_DIALECT } from "./dialect.ts";
import type { GoogleTraits } from "./models.ts";
import { type GoogleContent, toGoogleConversation } from "./to-google-conversation.ts";
import type { RemoteMedia } from "./to-google-media.ts";
import type { GooglePart } from "./to-google-part.ts";
import { toGoogleSampling } from "./to-google-sampling.ts";
import { toGoogleSchema } from "./to-google-schema.ts";
import { type GoogleToolFields, toGoogleTools } from "./to-google-tools.ts";
import { type ThinkingConfig, toThinkingConfig } from "./to-thinking-config.ts";

/** Fields that the request decides alone. A caller's own `tools`, with those that Google runs, stand in place of others. */
const DECIDED = { contents: true, model: true };

/** A body of generateContent. */
export interface GoogleBody extends GoogleToolFields {
  contents: GoogleContent[];
  systemInstruction?: { role: "system"; parts: GooglePart[] };
  generationConfig: Record<string, unknown> & { thinkingConfig?: ThinkingConfig };
}

/** A body, and what of the request it does not say. */
export interface GoogleRequest {
  readonly body: GoogleBody;
  readonly adaptations: readonly Adaptation[];
}

/** What a request is written by. */
export interface WriteSettings {
  /** Of the model; undefined for one that is not listed. */
  readonly traits: GoogleTraits | undefined;
  readonly strict: boolean;
  /** Media that were fetched, by their addresses. */
  readonly media: RemoteMedia;
}

/**
 * Writes a request as Gemini's generateContent takes it.
 *
 * @throws FairleadError INVALID_REQUEST in strict mode for a field that Gemini cannot take
 */
export function toGoogleRequest(request: ChatRequest, { traits, strict, media }: WriteSettings): GoogleRequest {
  const log = createAdaptationLog(strict);
  const takesJsonSchema = traits?.json_schema ?? false;
  const needsSignatures = traits?.needs_thought_signatures ?? request.model.startsWith("gemini-3");
  const { system, contents } = toGoogleConversation(request, { needsSignatures, media }, log);
  const thinkingConfig = toThinkingConfig(request.reasoning, traits?.thinking, traits !== undefined, log);
  if (request.endUser !== "") log.dropped("end_user", "Gemini takes no name of the end user.");
  const { generationConfig, ...fields } = passUnknownFields(request, GOOGLE_DIALECT, DECIDED, log);
  const body: GoogleBody = {
    contents,
    ...(system.length === 0 ? {} : { systemInstruction: { role: "system" as const, parts: system } }),
    ...toGoogleTools(request, takesJsonSchema, log),
    ...fields,
    generationConfig: {
      ...asObject(generationConfig),
      ...toGoogleSampling(request, log),
      ...toResponseFormat(request, takesJsonSchema, log),
      ...(thinkingConfig === undefined ? {} : { thinkingConfig }),
    },
  };
  return { body, adaptations: log.entries };
}

/** The model's name for a path. It must not lead elsewhere. Throws MODEL_NOT_FOUND. */
export function toModelPath(model: string): string {
  if (!/^((models|tunedModels)\/)?[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(model) || model.includes("..")) {
    throw failure(ErrorCode.MODEL_NOT_FOUND, "Gemini has no models with such names.");
  }
  return model;
}

function toResponseFormat(request: ChatRequest, takesJsonSchema: boolean, log: AdaptationLog): Record<string, unknown> {
  const format = request.responseFormat?.format;
  const responseMimeType = "application/json";
  if (format?.case === "jsonObject") return { responseMimeType };
  if (format?.case !== "jsonSchema") return {};
  const path = "response_format.json_schema.schema_json";
  const { schema, isJsonSchema } = toGoogleSchema(format.value.schemaJson, path, takesJsonSchema, log);
  return { responseMimeType, ...(isJsonSchema ? { responseJsonSchema: schema } : { responseSchema: schema }) };
}
