import { type AdaptationLog, createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { isObject, type JsonObject, parseJson } from "@fairlead/adapter-kit/json";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { EmbeddingInput } from "@fairlead/contracts/chat/v1/embedding";
import { type Tool, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure, invalidField } from "@fairlead/rpc/fairlead-error";
import { compileGeminiSchema } from "./compile-gemini-schema.ts";
import type { GoogleTraits } from "./models.ts";
import { type GoogleContent, type GooglePart, toGoogleConversation } from "./to-google-content.ts";
import { type ThinkingConfig, toThinkingConfig } from "./to-thinking-config.ts";

const MAX_STOPS = 5;
const MAX_CANDIDATES = 8;
const MAX_SEED = 2_147_483_647n;

/** Texts in one call for vectors at most. */
export const MAX_TEXTS = 100;

/** A body of generateContent. */
export interface GoogleBody {
  contents: GoogleContent[];
  systemInstruction?: { role: "system"; parts: GooglePart[] };
  tools?: { functionDeclarations: JsonObject[] }[];
  toolConfig?: { functionCallingConfig: { mode: string; allowedFunctionNames?: string[] } };
  generationConfig: Record<string, unknown> & { thinkingConfig?: ThinkingConfig };
}

/** A body, and what of the request it does not say. */
export interface GoogleRequest {
  readonly body: GoogleBody;
  readonly adaptations: readonly Adaptation[];
}

/**
 * Writes a request as Gemini's generateContent takes it.
 *
 * @param traits of the model; undefined for one that is not listed
 * @throws FairleadError INVALID_REQUEST in strict mode for a field that Gemini cannot take
 */
export function toGoogleRequest(
  request: ChatRequest,
  settings: { readonly traits: GoogleTraits | undefined; readonly strict: boolean },
): GoogleRequest {
  const log = createAdaptationLog(settings.strict);
  const needsSignatures = settings.traits?.needs_thought_signatures ?? request.model.startsWith("gemini-3");
  const { system, contents } = toGoogleConversation(request, needsSignatures, log);
  const thinkingConfig = toThinkingConfig(request.reasoning, settings.traits?.thinking, settings.traits !== undefined, log);
  if (request.endUser !== "") log.dropped("end_user", "Gemini takes no name of the end user.");
  passUnknownFields(request, "google.generate-content", {}, log);
  const body: GoogleBody = {
    contents,
    ...(system.length === 0 ? {} : { systemInstruction: { role: "system" as const, parts: system } }),
    ...toTools(request, log),
    generationConfig: {
      ...toSampling(request, log),
      ...toResponseFormat(request, log),
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

/** Writes a request for vectors. Throws INVALID_REQUEST for more texts than one call takes. */
export function toGoogleEmbedding(input: EmbeddingInput): { requests: JsonObject[] } {
  if (input.texts.length > MAX_TEXTS) throw invalidField("input.texts", `Gemini takes ${MAX_TEXTS} texts in one call`);
  const size = input.dimensions === undefined ? {} : { outputDimensionality: input.dimensions };
  return { requests: input.texts.map((text) => ({ content: { role: "user", parts: [{ text }] }, ...size })) };
}

function toTools(request: ChatRequest, log: AdaptationLog): Pick<GoogleBody, "tools" | "toolConfig"> {
  if (request.tools.length === 0) return {};
  const fields: Pick<GoogleBody, "tools" | "toolConfig"> = {
    tools: [{ functionDeclarations: request.tools.map((tool, index) => toDeclaration(tool, `tools[${index}]`, log)) }],
  };
  const choice = request.toolChoice;
  if (choice?.parallel === false) log.dropped("tool_choice.parallel", "Gemini cannot be told to call one tool at a time.");
  const mode = toMode(choice?.mode);
  if (mode !== undefined) {
    const named = choice?.mode === ToolChoiceMode.NAMED ? { allowedFunctionNames: [choice.name] } : {};
    fields.toolConfig = { functionCallingConfig: { mode, ...named } };
  }
  return fields;
}

function toMode(mode: ToolChoiceMode | undefined): string | undefined {
  switch (mode) {
    case ToolChoiceMode.AUTO:
      return "AUTO";
    case ToolChoiceMode.NONE:
      return "NONE";
    case ToolChoiceMode.REQUIRED:
    case ToolChoiceMode.NAMED:
      return "ANY";
    default:
      return undefined;
  }
}

function toDeclaration(tool: Tool, path: string, log: AdaptationLog): JsonObject {
  if (tool.cacheMarker !== undefined) log.emulated(`${path}.cache_marker`, "Gemini caches long prompts by itself.");
  if (tool.strict === true) log.dropped(`${path}.strict`, "Gemini follows schemas of tools as well as it can.");
  const at = `${path}.parameters_json`;
  const schema = tool.parametersJson === "" ? {} : compileGeminiSchema(parseSchema(tool.parametersJson, at), at, log);
  // An object without properties is refused; a tool without arguments has no schema.
  const parameters = isObject(schema["properties"]) ? { parameters: schema } : {};
  return { name: tool.name, ...(tool.description === "" ? {} : { description: tool.description }), ...parameters };
}

function parseSchema(text: string, path: string): JsonObject {
  const schema = parseJson(text);
  if (!isObject(schema)) throw invalidField(`chat.${path}`, "a JSON object is expected");
  return schema;
}

function toSampling(request: ChatRequest, log: AdaptationLog): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const set = (name: string, value: unknown) => {
    if (value !== undefined) fields[name] = value;
  };
  set("maxOutputTokens", request.maxOutputTokens);
  set("temperature", request.temperature);
  set("topP", request.topP);
  set("topK", request.topK);
  set("frequencyPenalty", request.frequencyPenalty);
  set("presencePenalty", request.presencePenalty);
  if (request.stopSequences.length > 0) fields["stopSequences"] = request.stopSequences.slice(0, MAX_STOPS);
  if (request.stopSequences.length > MAX_STOPS) log.clamped("stop_sequences", `Gemini takes ${MAX_STOPS} stop sequences.`);
  if (request.candidateCount > 1) fields["candidateCount"] = Math.min(request.candidateCount, MAX_CANDIDATES);
  if (request.candidateCount > MAX_CANDIDATES) log.clamped("candidate_count", `Gemini gives ${MAX_CANDIDATES} answers at most.`);
  if (request.seed !== undefined) {
    if (request.seed <= MAX_SEED && request.seed >= -MAX_SEED - 1n) fields["seed"] = Number(request.seed);
    else log.dropped("seed", "Gemini's seeds have 32 bits.");
  }
  return fields;
}

function toResponseFormat(request: ChatRequest, log: AdaptationLog): Record<string, unknown> {
  const format = request.responseFormat?.format;
  if (format?.case === "jsonObject") return { responseMimeType: "application/json" };
  if (format?.case !== "jsonSchema") return {};
  const path = "response_format.json_schema.schema_json";
  const responseSchema = compileGeminiSchema(parseSchema(format.value.schemaJson, path), path, log);
  return { responseMimeType: "application/json", responseSchema };
}
