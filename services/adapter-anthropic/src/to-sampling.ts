import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";

/** The fields of a body that concern sampling. */
export interface AnthropicSampling {
  temperature?: number;
  top_p?: number;
  top_k?: number;
}

/**
 * Writes sampling: temperature ends at 1 and excludes top_p.
 *
 * @param fixed why sampling cannot be chosen; undefined where it can
 */
export function toSampling(request: ChatRequest, fixed: string | undefined, log: AdaptationLog): AnthropicSampling {
  const fields: AnthropicSampling = {};
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

/** Writes texts that end the answer. */
export function toStops(request: ChatRequest, log: AdaptationLog): { stop_sequences?: string[] } {
  const stops = request.stopSequences.filter((stop) => stop.trim() !== "");
  if (stops.length < request.stopSequences.length) log.dropped("stop_sequences", "Anthropic refuses stop sequences of white space.");
  return stops.length === 0 ? {} : { stop_sequences: stops };
}

/** Notes what Anthropic has no field for. */
export function noteAbsent(request: ChatRequest, log: AdaptationLog): void {
  if (request.frequencyPenalty) log.dropped("frequency_penalty", "Anthropic has no such penalty.");
  if (request.presencePenalty) log.dropped("presence_penalty", "Anthropic has no such penalty.");
  if (request.seed !== undefined) log.dropped("seed", "Anthropic's sampling takes no seed.");
  if (request.candidateCount > 1) log.clamped("candidate_count", "Anthropic gives one answer.");
}
