import { type AdaptationLog, createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { ChatCompletionCreateParamsBase } from "openai/resources/chat/completions/completions";
import { CHAT_DIALECT } from "../dialects.ts";
import type { Flavor } from "../flavor.ts";
import { reasons } from "../reasoning-effort.ts";
import type { ModelTraits } from "../traits.ts";
import { toChatMessages } from "./to-chat-messages.ts";
import { toChatTools } from "./to-chat-tools.ts";
import { toReasoningFields } from "./to-reasoning-fields.ts";
import { instruct, toAnswerForm } from "./to-response-format.ts";
import { toSampling } from "./to-sampling.ts";
import type { Writing } from "../writing.ts";

/** Fields that a caller of the dialect may keep whole, because they hold more than the contract knows. */
const REPLACEABLE: ReadonlySet<string> = new Set([
  "tools",
  "tool_choice",
  "response_format",
  "stop",
  "reasoning_effort",
  "reasoning",
  "thinking",
]);

/** What a body depends on beside the request. */
export interface ChatBodySettings {
  readonly flavor: Flavor;
  /** Of the model; undefined for a model that is not listed, for which nothing is held back. */
  readonly traits: ModelTraits | undefined;
  readonly strict: boolean;
  readonly stream: boolean;
  /** Deployment that is asked. Unset: the only one. */
  readonly deployment?: string;
}

/** A body, and what of the request it does not say. */
export interface ChatBody {
  readonly body: ChatCompletionCreateParamsBase;
  readonly adaptations: readonly Adaptation[];
}

/**
 * Writes a request as a server's chat completions take it.
 *
 * @throws FairleadError INVALID_REQUEST in strict mode for a field that the server cannot take
 */
export function toChatBody(
  request: ChatRequest,
  { flavor, traits, strict, stream, deployment = "" }: ChatBodySettings,
): ChatBody {
  const log = createAdaptationLog(strict);
  const cacheMarkers =
    flavor.cacheMarkers === "cache_control" ||
    (flavor.cacheMarkers !== undefined && traits?.cache_breakpoints === true);
  const writing: Writing = { flavor, log, deployment, cacheMarkers };
  const reasoning = toReasoningFields(request, traits, flavor, log);
  const form = toAnswerForm(request, writing);
  const messages = toChatMessages(request, writing);
  const body: JsonObject = {
    model: request.model,
    messages: form.instruction === undefined ? messages : instruct(messages, form.instruction),
    ...toChatTools(request, writing),
    ...toLimits(request, flavor, log),
    ...toSampling(request, reasons(traits, reasoning.effort), flavor, log),
    ...form.fields,
    ...reasoning.fields,
    ...toEndUser(request, flavor, log),
    ...(stream ? { stream: true, ...(flavor.streamUsage ? { stream_options: { include_usage: true } } : {}) } : {}),
  };
  const whole = Object.assign(body, passUnknownFields(request, CHAT_DIALECT, body, log, REPLACEABLE));
  return {
    body: (flavor.finish?.(whole) ?? whole) as unknown as ChatCompletionCreateParamsBase,
    adaptations: log.entries,
  };
}

function toLimits(request: ChatRequest, flavor: Flavor, log: AdaptationLog): JsonObject {
  const { maxOutputTokens, candidateCount, stopSequences } = request;
  const { name, maxStops, manyChoices } = flavor;
  if (candidateCount > 1 && !manyChoices) log.dropped("candidate_count", `${name} gives one answer.`);
  if (stopSequences.length > maxStops) log.clamped("stop_sequences", `${name} takes ${maxStops} stop sequences.`);
  return {
    ...(maxOutputTokens === undefined ? {} : { [flavor.maxTokensField]: maxOutputTokens }),
    ...(candidateCount > 1 && manyChoices ? { n: candidateCount } : {}),
    ...(stopSequences.length === 0 || maxStops === 0 ? {} : { stop: stopSequences.slice(0, maxStops) }),
  };
}

function toEndUser({ endUser }: ChatRequest, { name, endUserField }: Flavor, log: AdaptationLog): JsonObject {
  if (endUser === "") return {};
  if (endUserField !== undefined) return { [endUserField]: endUser };
  log.dropped("end_user", `${name} takes no name of a user.`);
  return {};
}
