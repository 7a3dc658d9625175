import type { MessageCreateParamsBase } from "@anthropic-ai/sdk/resources/messages";
import { type AdaptationLog, createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { CatalogueEntry } from "@fairlead/adapter-kit/model-catalogue";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { compileOutputSchema } from "./compile-output-schema.ts";
import type { AnthropicTraits } from "./models.ts";
import { type AnthropicConversation, toAnthropicConversation } from "./to-anthropic-messages.ts";
import { forcesTool, parseSchema, toAnthropicTools } from "./to-anthropic-tools.ts";
import { type AnthropicLimits, toLimits } from "./to-thinking.ts";

/** The dialect whose unknown fields reach Anthropic. */
export const ANTHROPIC_DIALECT = "anthropic.messages";

/** For models that are not listed. */
const UNLISTED = { usual: 4_096, most: 1_000_000, thinking: "budget", leastThinking: "disabled" } as const;

/** A body. The SDK's type is that of a later version of the API, which knows no sampling. */
export interface AnthropicBody extends MessageCreateParamsBase {
  temperature?: number;
  top_p?: number;
  top_k?: number;
}

/** A body, and what of the request it does not say. */
export interface AnthropicRequest {
  readonly body: AnthropicBody;
  readonly adaptations: readonly Adaptation[];
}

/**
 * Writes a request as Anthropic's messages take it.
 *
 * @param entry the model; undefined for one that is not listed
 * @throws FairleadError INVALID_REQUEST in strict mode for a field that Anthropic cannot take
 */
export function toAnthropicRequest(
  request: ChatRequest,
  settings: { readonly entry: CatalogueEntry<AnthropicTraits> | undefined; readonly strict: boolean; readonly stream: boolean },
): AnthropicRequest {
  const log = createAdaptationLog(settings.strict);
  const conversation = toAnthropicConversation(request, log);
  const tools = toAnthropicTools(request, settings.entry?.traits.forced_tools ?? true, log);
  const limits = toLimits(request, modelLimits(settings.entry), conversation.turns, forcesTool(tools), log);
  const format = toFormat(request, conversation, log);
  noteAbsent(request, log);
  const body: AnthropicBody = {
    model: request.model,
    max_tokens: limits.maxTokens,
    messages: conversation.turns,
    ...(conversation.system.length === 0 ? {} : { system: conversation.system }),
    ...tools,
    ...toSampling(request, whyFixed(limits, settings.entry), log),
    ...toStops(request, log),
    ...toOutput(format, limits.effort),
    ...(limits.thinking === undefined ? {} : { thinking: limits.thinking }),
    ...(request.endUser === "" ? {} : { metadata: { user_id: request.endUser } }),
    ...(settings.stream ? { stream: true } : {}),
  };
  const passed = passUnknownFields(request, ANTHROPIC_DIALECT, body as unknown as Record<string, unknown>, log);
  return { body: Object.assign(body, passed), adaptations: log.entries };
}

function modelLimits(entry: CatalogueEntry<AnthropicTraits> | undefined) {
  if (entry === undefined) return UNLISTED;
  const { default_max_output_tokens, thinking, least_thinking } = entry.traits;
  return { usual: default_max_output_tokens, most: entry.description.maxOutputTokens, thinking, leastThinking: least_thinking };
}

function toOutput(format: Pick<AnthropicBody, "output_config">, effort: AnthropicLimits["effort"]): Pick<AnthropicBody, "output_config"> {
  return effort === undefined ? format : { output_config: { ...format.output_config, effort } };
}

/** Why sampling cannot be chosen; undefined where it can. */
function whyFixed({ thinking }: AnthropicLimits, entry: CatalogueEntry<AnthropicTraits> | undefined): string | undefined {
  if (entry?.traits.sampling === false) return "The model takes no custom sampling.";
  return thinking !== undefined && thinking.type !== "disabled" ? "Thinking bars custom sampling." : undefined;
}

function noteAbsent(request: ChatRequest, log: AdaptationLog): void {
  if (request.frequencyPenalty) log.dropped("frequency_penalty", "Anthropic has no such penalty.");
  if (request.presencePenalty) log.dropped("presence_penalty", "Anthropic has no such penalty.");
  if (request.seed !== undefined) log.dropped("seed", "Anthropic's sampling takes no seed.");
  if (request.candidateCount > 1) log.clamped("candidate_count", "Anthropic gives one answer.");
}

/** Temperature ends at 1 and excludes top_p. */
function toSampling(request: ChatRequest, fixed: string | undefined, log: AdaptationLog): Pick<AnthropicBody, "temperature" | "top_p" | "top_k"> {
  const fields: Pick<AnthropicBody, "temperature" | "top_p" | "top_k"> = {};
  const { temperature, topP, topK } = request;
  if (fixed !== undefined) {
    if (temperature !== undefined && temperature !== 1) log.dropped("temperature", fixed);
    if (topP !== undefined && topP !== 1) log.dropped("top_p", fixed);
    if (topK !== undefined) log.dropped("top_k", fixed);
    return fields;
  }
  if (temperature !== undefined) {
    if (temperature > 1) log.clamped("temperature", "Anthropic's temperature is 1 at most.");
    fields.temperature = Math.min(temperature, 1);
  }
  if (topP !== undefined && temperature === undefined) fields.top_p = topP;
  else if (topP !== undefined && topP !== 1) log.dropped("top_p", "Anthropic takes temperature or top_p, not both.");
  if (topK !== undefined) fields.top_k = topK;
  return fields;
}

function toStops(request: ChatRequest, log: AdaptationLog): Pick<AnthropicBody, "stop_sequences"> {
  const stops = request.stopSequences.filter((stop) => stop.trim() !== "");
  if (stops.length < request.stopSequences.length) log.dropped("stop_sequences", "Anthropic refuses stop sequences of white space.");
  return stops.length === 0 ? {} : { stop_sequences: stops };
}

function toFormat(request: ChatRequest, conversation: AnthropicConversation, log: AdaptationLog): Pick<AnthropicBody, "output_config"> {
  const format = request.responseFormat?.format;
  if (format?.case === "jsonObject") {
    conversation.system.push({ type: "text", text: "Answer with one JSON object and nothing else." });
    log.emulated("response_format.json_object", "Anthropic is told so in words.");
  }
  if (format?.case !== "jsonSchema") return {};
  const path = "response_format.json_schema.schema_json";
  const schema = compileOutputSchema(parseSchema(format.value.schemaJson, path), path, log);
  return { output_config: { format: { type: "json_schema", schema: { ...schema } } } };
}
