import { type AdaptationLog, createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { parseSchema } from "@fairlead/adapter-kit/json-schema";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import type { ModelDescription } from "@fairlead/contracts/adapter/v1/model";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import { compileCohereSchema } from "./compile-cohere-schema.ts";
import { COHERE_DIALECT } from "./dialect.ts";
import { type CohereMessage, toCohereMessages } from "./to-cohere-messages.ts";
import { type CohereToolFields, toCohereTools } from "./to-cohere-tools.ts";
import { type CohereSampling, toSampling } from "./to-sampling.ts";
import { type CohereThinking, toThinking } from "./to-thinking.ts";

/** A body of v2 chat. */
export interface CohereBody extends CohereToolFields, CohereSampling {
  readonly model: string;
  readonly stream: boolean;
  readonly messages: readonly CohereMessage[];
  readonly thinking?: CohereThinking;
  readonly response_format?: { readonly type: "json_object"; readonly json_schema?: JsonObject };
}

/** A body, and what of the request it does not say. */
export interface CohereRequest {
  readonly body: CohereBody;
  readonly adaptations: readonly Adaptation[];
}

/**
 * Writes a request as Cohere's v2 chat takes it.
 *
 * @param model that is asked; undefined for one that is not listed, for which nothing is held back
 * @throws FairleadError INVALID_REQUEST in strict mode for a field that Cohere cannot take
 */
export function toCohereRequest(
  request: ChatRequest,
  settings: { readonly model: ModelDescription | undefined; readonly strict: boolean; readonly stream: boolean },
): CohereRequest {
  const log = createAdaptationLog(settings.strict);
  const { model } = settings;
  const messages = toCohereMessages(request, log);
  const sampling = toSampling(request, model?.maxOutputTokens, log);
  const tools = toCohereTools(request, model?.capabilities?.tools ?? true, log);
  const thinking = toThinking(request.reasoning, model?.capabilities?.reasoning ?? true, sampling.max_tokens, log);
  if (request.candidateCount > 1) log.clamped("candidate_count", "Cohere gives one answer.");
  if (request.endUser !== "") log.dropped("end_user", "Cohere takes no name of the end user.");
  const body: CohereBody = {
    model: request.model,
    stream: settings.stream,
    messages,
    ...tools,
    ...sampling,
    ...toFormat(request, tools, messages, log),
    ...(thinking === undefined ? {} : { thinking }),
  };
  const passed = passUnknownFields(request, COHERE_DIALECT, body as unknown as JsonObject, log);
  return { body: Object.assign(body, passed), adaptations: log.entries };
}

/** Cohere refuses a form of the answer beside tools, so it is then asked for in words. */
function toFormat(
  request: ChatRequest,
  { tools }: CohereToolFields,
  messages: CohereMessage[],
  log: AdaptationLog,
): Pick<CohereBody, "response_format"> {
  const format = request.responseFormat?.format;
  if (format?.case !== "jsonObject" && format?.case !== "jsonSchema") return {};
  const path = "response_format.json_schema.schema_json";
  const schema = format.case === "jsonSchema" ? parseSchema(format.value.schemaJson, path) : undefined;
  if (tools !== undefined) {
    messages.unshift({ role: "system", content: spoken(schema) });
    log.emulated("response_format", "Cohere takes no form of the answer beside tools; it is told so in words.");
    return {};
  }
  if (schema === undefined) return { response_format: { type: "json_object" } };
  return { response_format: { type: "json_object", json_schema: compileCohereSchema(schema, path, log) } };
}

function spoken(schema: JsonObject | undefined): string {
  const form = "When you answer without calling a tool, answer with one JSON object and nothing else.";
  return schema === undefined ? form : `${form} It must satisfy this JSON schema: ${JSON.stringify(schema)}`;
}
