import { type AdaptationLog, createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { EmbeddingInput } from "@fairlead/contracts/chat/v1/embedding";
import type { ChatCompletionCreateParamsBase } from "openai/resources/chat/completions/completions";
import type { EmbeddingCreateParams } from "openai/resources/embeddings";
import type { OpenaiTraits } from "./models.ts";
import { toOpenaiMessages } from "./to-openai-messages.ts";
import { toReasoningEffort } from "./to-reasoning-effort.ts";
import { parseSchema, strictSchema, toOpenaiTools } from "./to-openai-tools.ts";

/** The dialect whose unknown fields reach OpenAI. */
export const OPENAI_DIALECT = "openai.chat";

const MAX_STOPS = 4;

/** A body, and what of the request it does not say. */
export interface OpenaiRequest {
  readonly body: ChatCompletionCreateParamsBase;
  readonly adaptations: readonly Adaptation[];
}

/**
 * Writes a request as OpenAI's chat completions take it.
 *
 * @param traits of the model; undefined for a model that is not listed, for which nothing is held back
 * @throws FairleadError INVALID_REQUEST in strict mode for a field that OpenAI cannot take
 */
export function toOpenaiRequest(
  request: ChatRequest,
  settings: { readonly traits: OpenaiTraits | undefined; readonly strict: boolean; readonly stream: boolean },
): OpenaiRequest {
  const log = createAdaptationLog(settings.strict);
  const effort = toReasoningEffort(request.reasoning, settings.traits, request.tools.length > 0, log);
  const body: ChatCompletionCreateParamsBase = {
    model: request.model,
    messages: toOpenaiMessages(request, log),
    ...toOpenaiTools(request, log),
    ...toLimits(request, log),
    ...toSampling(request, reasons(settings.traits, effort.reasoning_effort), log),
    ...toResponseFormat(request, log),
    ...effort,
    ...(request.endUser === "" ? {} : { safety_identifier: request.endUser }),
    ...(settings.stream ? { stream: true as const, stream_options: { include_usage: true } } : {}),
  };
  const passed = passUnknownFields(request, OPENAI_DIALECT, body as unknown as Record<string, unknown>, log);
  return { body: Object.assign(body, passed), adaptations: log.entries };
}

/** Writes a request for vectors, asked for as base64, which is a third of the bytes. */
export function toOpenaiEmbedding(input: EmbeddingInput): EmbeddingCreateParams {
  return {
    model: input.model,
    input: input.texts,
    encoding_format: "base64",
    ...(input.dimensions === undefined ? {} : { dimensions: input.dimensions }),
    ...(input.endUser === "" ? {} : { user: input.endUser }),
  };
}

function toLimits(request: ChatRequest, log: AdaptationLog): Partial<ChatCompletionCreateParamsBase> {
  const fields: Partial<ChatCompletionCreateParamsBase> = {};
  if (request.maxOutputTokens !== undefined) fields.max_completion_tokens = request.maxOutputTokens;
  if (request.candidateCount > 1) fields.n = request.candidateCount;
  if (request.stopSequences.length > 0) fields.stop = request.stopSequences.slice(0, MAX_STOPS);
  if (request.stopSequences.length > MAX_STOPS) log.clamped("stop_sequences", `OpenAI takes ${MAX_STOPS} stop sequences.`);
  return fields;
}

/** Whether the model will reason, as it does by default or as it is told to. */
function reasons(traits: OpenaiTraits | undefined, effort: string | undefined): boolean {
  if (traits === undefined || traits.reasoning_efforts.length === 0) return false;
  return (effort ?? traits.default_effort) !== "none";
}

/** Reasoning bars custom sampling. */
function toSampling(request: ChatRequest, fixed: boolean, log: AdaptationLog): Partial<ChatCompletionCreateParamsBase> {
  const fields: Partial<ChatCompletionCreateParamsBase> = {};
  const set = (field: "temperature" | "top_p" | "frequency_penalty" | "presence_penalty", value: number | undefined, neutral: number) => {
    if (value === undefined) return;
    if (fixed && value !== neutral) log.dropped(field, "The model reasons and takes no custom sampling.");
    else fields[field] = value;
  };
  set("temperature", request.temperature, 1);
  set("top_p", request.topP, 1);
  set("frequency_penalty", request.frequencyPenalty, 0);
  set("presence_penalty", request.presencePenalty, 0);
  if (request.topK !== undefined) log.dropped("top_k", "OpenAI has no such sampling.");
  if (request.seed !== undefined) {
    if (Number.isSafeInteger(Number(request.seed))) fields.seed = Number(request.seed);
    else log.dropped("seed", "The number is too large for JSON.");
  }
  return fields;
}

function toResponseFormat(request: ChatRequest, log: AdaptationLog): Partial<ChatCompletionCreateParamsBase> {
  const format = request.responseFormat?.format;
  if (format?.case === "jsonObject") return { response_format: { type: "json_object" } };
  if (format?.case !== "jsonSchema") return {};
  const { name, schemaJson, description, strict } = format.value;
  const path = "response_format.json_schema.schema_json";
  const parsed = parseSchema(schemaJson, path);
  const schema = strict === true ? strictSchema(parsed, path, log) : parsed;
  return {
    response_format: {
      type: "json_schema",
      json_schema: {
        name: name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64),
        schema: { ...schema },
        ...(description === "" ? {} : { description }),
        ...(strict === undefined ? {} : { strict }),
      },
    },
  };
}
