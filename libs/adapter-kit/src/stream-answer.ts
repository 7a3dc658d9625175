import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import { callProvider, type ProviderCall } from "./call-provider.ts";
import { type DeltaSource, readDeltas, type StreamDecoder } from "./delta-source.ts";
import { adaptationDelta } from "./deltas.ts";
import type { ServerSentEvent } from "./event-decoder.ts";
import { asObject, isObject, type JsonObject, parseJson } from "./json.ts";
import { malformedAnswer } from "./malformed.ts";

/** Has an SDK send a request for a stream and decodes the answer; its first list begins with the adaptations. */
export async function streamAnswer(
  call: ProviderCall,
  send: () => Promise<unknown>,
  decoder: StreamDecoder,
  adaptations: readonly Adaptation[],
): Promise<DeltaSource> {
  const response = await callProvider(call, send);
  return readDeltas(response, decoder, adaptations.map(adaptationDelta), call.signal);
}

/** The JSON object that an event carries. */
export function eventObject(event: ServerSentEvent): JsonObject {
  const parsed = parseJson(event.data);
  // Google wraps errors in an array, inside streams too.
  const value = Array.isArray(parsed) ? asObject(parsed[0]) : parsed;
  if (!isObject(value)) throw malformedAnswer("An event of the provider's stream is not a JSON object.");
  return value;
}
