import type { MessageCreateParamsBase, OutputConfig } from "@anthropic-ai/sdk/resources/messages";
import { createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { CatalogueEntry } from "@fairlead/adapter-kit/model-catalogue";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { AnthropicReading } from "./from-anthropic-block.ts";
import { limitCacheMarkers } from "./limit-cache-markers.ts";
import type { AnthropicTraits } from "./models.ts";
import { toAnthropicConversation } from "./to-anthropic-messages.ts";
import { forcesTool, toAnthropicTools } from "./to-anthropic-tools.ts";
import { toOutputFormat } from "./to-output-format.ts";
import { type AnthropicSampling, noteAbsent, toSampling, toStops } from "./to-sampling.ts";
import { type AnthropicLimits, toLimits } from "./to-thinking.ts";
import { createToolNames } from "./tool-names.ts";
import { takeWritten } from "./written-fields.ts";

/** For models that are not listed. */
const UNLISTED = { usual: 4_096, most: 1_000_000, thinking: "budget", leastThinking: "disabled" } as const;

/** A body. The SDK's type is that of a later version of the API, which knows no sampling. */
export interface AnthropicBody extends MessageCreateParamsBase, AnthropicSampling {}

/** A body, what of the request it does not say, and what reading the answer needs. */
export interface AnthropicRequest {
  readonly body: AnthropicBody;
  readonly adaptations: readonly Adaptation[];
  readonly reading: AnthropicReading;
  /** Features of the API that must be named in a header to be used. */
  readonly betas: readonly string[];
}

/** What a request is written by. */
export interface WriteSettings {
  /** The model; undefined for one that is not listed. */
  readonly entry: CatalogueEntry<AnthropicTraits> | undefined;
  readonly strict: boolean;
  readonly stream: boolean;
}

/**
 * Writes a request as Anthropic's messages take it.
 *
 * @throws FairleadError INVALID_REQUEST in strict mode for a field that Anthropic cannot take
 */
export function toAnthropicRequest(request: ChatRequest, { entry, strict, stream }: WriteSettings): AnthropicRequest {
  const log = createAdaptationLog(strict);
  const { fields, tools: ownTools, thinking: ownThinking, output: ownOutput, betas } = takeWritten(request, log);
  const names = createToolNames(request, log);
  const abilities = { followsSchemas: entry?.description.capabilities?.structuredOutput ?? true, mayForce: entry?.traits.forced_tools ?? true };
  const conversation = toAnthropicConversation(request, names, log);
  const plainTools = toAnthropicTools(request, { names, written: ownTools, mayForce: abilities.mayForce }, log);
  const { format, tools, answerTool } = toOutputFormat(request, abilities, plainTools, conversation.system, log);
  const facts = { turns: conversation.turns, forced: forcesTool(tools), written: ownThinking };
  const limits = toLimits(request, modelLimits(entry), facts, log);
  noteAbsent(request, log);
  const body = {
    model: request.model,
    max_tokens: limits.maxTokens,
    messages: conversation.turns,
    ...(conversation.system.length === 0 ? {} : { system: conversation.system }),
    ...toSampling(request, whyFixed(limits, entry), log),
    ...toStops(request, log),
    ...(request.endUser === "" ? {} : { metadata: { user_id: request.endUser } }),
    ...(stream ? { stream: true } : {}),
    ...fields,
    ...tools,
    ...(limits.thinking === undefined ? {} : { thinking: limits.thinking }),
    ...toOutputConfig(ownOutput, limits, format, entry),
  } as AnthropicBody;
  limitCacheMarkers(body, log);
  return { body, adaptations: log.entries, reading: { toolName: names.read, answerTool }, betas };
}

function modelLimits(entry: CatalogueEntry<AnthropicTraits> | undefined) {
  if (entry === undefined) return UNLISTED;
  const { default_max_output_tokens, thinking, least_thinking } = entry.traits;
  return { usual: default_max_output_tokens, most: entry.description.maxOutputTokens, thinking, leastThinking: least_thinking };
}

/** Why sampling cannot be chosen; undefined where it can. */
function whyFixed({ thinking }: AnthropicLimits, entry: CatalogueEntry<AnthropicTraits> | undefined): string | undefined {
  if (entry?.traits.sampling === false) return "The model takes no custom sampling.";
  return thinking !== undefined && thinking.type !== "disabled" ? "Thinking bars custom sampling." : undefined;
}

/** The effort and the form of the answer. What the caller wrote in Anthropic's own dialect stands where the model takes it. */
function toOutputConfig(
  written: OutputConfig | undefined,
  { effort }: AnthropicLimits,
  format: OutputConfig["format"],
  entry: CatalogueEntry<AnthropicTraits> | undefined,
): Pick<AnthropicBody, "output_config"> {
  const { effort: said, format: _, ...rest } = written ?? {};
  const told = entry?.traits.thinking === "budget" ? undefined : (said ?? effort);
  const config = { ...rest, ...(told === undefined ? {} : { effort: told }), ...(format === undefined ? {} : { format }) };
  return Object.keys(config).length === 0 ? {} : { output_config: config };
}
