import { type AdaptationLog, createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { asObject, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { parseSchema } from "@fairlead/adapter-kit/json-schema";
import type { CatalogueEntry } from "@fairlead/adapter-kit/model-catalogue";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import { chooseContext } from "./choose-context.ts";
import { OLLAMA_DIALECT } from "./dialect.ts";
import type { LoadedImages } from "./load-images.ts";
import type { OllamaTraits } from "./models.ts";
import { type OllamaMessage, toOllamaMessages } from "./to-ollama-messages.ts";
import { toOllamaTools } from "./to-ollama-tools.ts";
import { type Think, toThink } from "./to-think.ts";

/** A body of /api/chat. */
export interface OllamaBody {
  readonly model: string;
  readonly messages: OllamaMessage[];
  /** Servers stream unless they are told not to. */
  readonly stream: boolean;
  /** Whether a prompt that does not fit is cut, and an answer that does not goes on without the beginning. */
  readonly truncate: boolean;
  readonly shift: boolean;
  readonly options: JsonObject;
  readonly tools?: JsonObject[];
  readonly format?: "json" | JsonObject;
  readonly think?: Think;
}

/** A body, and what of the request it does not say. */
export interface OllamaRequest {
  readonly body: OllamaBody;
  readonly adaptations: readonly Adaptation[];
  /** Tool whose arguments the answer is. Undefined: the answer is what it is. */
  readonly forcedTool: string | undefined;
}

/** What writing a request needs beside it. */
export interface WritingFacts {
  /** The model; undefined for one that is not listed, for which nothing is held back. */
  readonly entry: CatalogueEntry<OllamaTraits> | undefined;
  readonly images: LoadedImages;
  /** Tokens of the prompt, roughly. */
  readonly promptTokens: number;
  readonly strict: boolean;
  readonly stream: boolean;
}

/**
 * Writes a request as Ollama's /api/chat takes it.
 *
 * @throws FairleadError INVALID_REQUEST in strict mode for a field that Ollama cannot take
 */
export function toOllamaRequest(request: ChatRequest, facts: WritingFacts): OllamaRequest {
  const { entry, stream } = facts;
  const log = createAdaptationLog(facts.strict);
  const messages = toOllamaMessages(request, facts.images, log);
  const capabilities = entry?.description.capabilities;
  const { tools, instruction, forced } = toOllamaTools(request, capabilities?.tools ?? true, log);
  const think = toThink(
    request.reasoning,
    { reasons: capabilities?.reasoning ?? true, levels: entry?.traits.think_levels ?? false },
    log,
  );
  const format = toFormat(request, tools !== undefined, forced?.schema, messages, log);
  if (instruction !== undefined) messages.unshift({ role: "system", content: instruction });
  if (request.candidateCount > 1) log.clamped("candidate_count", "Ollama gives one answer.");
  if (request.endUser !== "") log.dropped("end_user", "Ollama takes no name of the end user.");
  const body = {
    model: request.model,
    messages,
    stream,
    ...(tools === undefined ? {} : { tools }),
    ...(format === undefined ? {} : { format }),
    ...(think === undefined ? {} : { think }),
  };
  const { options, ...passed } = passUnknownFields(request, OLLAMA_DIALECT, body as unknown as JsonObject, log);
  const { numCtx, bound } = toContext(request, messages, facts, log);
  // What a caller writes in this dialect stands over what is worked out, but not over what the request itself asks for.
  const merged = { ...numCtx, ...asObject(options), ...toSampling(request, log), ...bound };
  return { body: { truncate: false, shift: false, ...body, ...passed, options: merged }, adaptations: log.entries, forcedTool: forced?.name };
}

function toContext(request: ChatRequest, messages: readonly OllamaMessage[], facts: WritingFacts, log: AdaptationLog) {
  const { maxOutputTokens } = request;
  const { numCtx, answerTokens } = chooseContext({
    promptTokens: facts.promptTokens,
    images: messages.reduce((sum, { images = [] }) => sum + images.length, 0),
    maxOutputTokens,
    window: facts.entry?.description.contextWindowTokens,
    given: facts.entry?.traits.num_ctx,
  });
  if (answerTokens !== undefined)
    log.clamped("max_output_tokens", `The model's context leaves ${answerTokens} tokens for the answer.`);
  const tokens = answerTokens ?? maxOutputTokens;
  return {
    numCtx: numCtx === undefined ? {} : { num_ctx: numCtx },
    bound: tokens === undefined ? {} : { num_predict: tokens },
  };
}

function toSampling(request: ChatRequest, log: AdaptationLog): JsonObject {
  const options: Record<string, unknown> = {};
  const set = (name: string, value: unknown) => {
    if (value !== undefined) options[name] = value;
  };
  set("temperature", request.temperature);
  set("top_p", request.topP);
  set("top_k", request.topK);
  set("frequency_penalty", request.frequencyPenalty);
  set("presence_penalty", request.presencePenalty);
  if (request.stopSequences.length > 0) options["stop"] = [...request.stopSequences];
  if (request.seed !== undefined) {
    if (Number.isSafeInteger(Number(request.seed))) options["seed"] = Number(request.seed);
    else log.dropped("seed", "The number is too large for JSON.");
  }
  return options;
}

/** A form of the answer keeps a model from calling tools, so beside tools it is asked for in words. */
function toFormat(
  request: ChatRequest,
  hasTools: boolean,
  ofArguments: JsonObject | undefined,
  messages: OllamaMessage[],
  log: AdaptationLog,
): OllamaBody["format"] {
  const format = request.responseFormat?.format;
  if (ofArguments !== undefined) return ofArguments;
  if (format?.case !== "jsonObject" && format?.case !== "jsonSchema") return undefined;
  const schema =
    format.case === "jsonSchema"
      ? parseSchema(format.value.schemaJson, "response_format.json_schema.schema_json")
      : undefined;
  if (!hasTools) return schema ?? "json";
  const form = "When you answer without calling a tool, answer with one JSON object and nothing else.";
  const content = isObject(schema) ? `${form} It must satisfy this JSON schema: ${JSON.stringify(schema)}` : form;
  messages.unshift({ role: "system", content });
  log.emulated("response_format", "A form of the answer would keep Ollama from calling tools; it is told so in words.");
  return undefined;
}
