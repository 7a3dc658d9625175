import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";

const MAX_STOPS = 5;
const MAX_CANDIDATES = 8;
const MAX_SEED = 2_147_483_647n;

/** Writes limits and sampling. */
export function toGoogleSampling(request: ChatRequest, log: AdaptationLog): Record<string, unknown> {
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
