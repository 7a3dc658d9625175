import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";

const MAX_STOPS = 5;
/** Cohere's seeds are unsigned; a number of JSON keeps no more than these. */
const MAX_SEED = BigInt(Number.MAX_SAFE_INTEGER);

/** The fields of a body that bound and shape what is written. */
export interface CohereSampling {
  max_tokens?: number;
  temperature?: number;
  p?: number;
  k?: number;
  frequency_penalty?: number;
  presence_penalty?: number;
  stop_sequences?: string[];
  seed?: number;
}

/**
 * Writes sampling in Cohere's ranges.
 *
 * @param maxTokens the model's own bound; undefined: not known
 */
export function toSampling(request: ChatRequest, maxTokens: number | undefined, log: AdaptationLog): CohereSampling {
  const fields: CohereSampling = {};
  const set = (field: keyof CohereSampling & keyof typeof RANGES, name: string, value: number | undefined) => {
    if (value === undefined) return;
    const [low, high] = RANGES[field];
    const moved = Math.min(Math.max(value, low), high);
    if (moved !== value) log.clamped(name, `Cohere takes ${low} to ${high}.`);
    fields[field] = moved;
  };
  set("temperature", "temperature", request.temperature);
  set("p", "top_p", request.topP);
  set("k", "top_k", request.topK);
  set("frequency_penalty", "frequency_penalty", request.frequencyPenalty);
  if (request.frequencyPenalty && request.presencePenalty)
    log.dropped("presence_penalty", "Cohere takes one penalty, not both.");
  else set("presence_penalty", "presence_penalty", request.presencePenalty);
  addBounds(fields, request, maxTokens, log);
  addSeed(fields, request.seed, log);
  return fields;
}

const RANGES = {
  temperature: [0, 1],
  p: [0.01, 0.99],
  k: [0, 500],
  frequency_penalty: [0, 1],
  presence_penalty: [0, 1],
} as const;

function addBounds(fields: CohereSampling, request: ChatRequest, most: number | undefined, log: AdaptationLog): void {
  const asked = request.maxOutputTokens;
  if (asked !== undefined) {
    if (most !== undefined && asked > most)
      log.clamped("max_output_tokens", `The model writes ${most} tokens at most.`);
    fields.max_tokens = Math.min(asked, most ?? asked);
  }
  const stops = request.stopSequences;
  if (stops.length > MAX_STOPS) log.clamped("stop_sequences", `Cohere takes ${MAX_STOPS} stop sequences.`);
  if (stops.length > 0) fields.stop_sequences = stops.slice(0, MAX_STOPS);
}

function addSeed(fields: CohereSampling, seed: bigint | undefined, log: AdaptationLog): void {
  if (seed === undefined) return;
  if (seed >= 0n && seed <= MAX_SEED) fields.seed = Number(seed);
  else log.dropped("seed", "Cohere takes seeds from 0 to what a number of JSON can hold.");
}
