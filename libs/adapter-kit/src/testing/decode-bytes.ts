import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { StreamDecoder } from "../delta-source.ts";
import { createEventDecoder } from "../event-decoder.ts";

/**
 * Has a stream decoded from its bytes.
 *
 * @param cuts places at which the bytes are cut into the pieces in which they arrive
 * @throws FairleadError as the decoder does
 */
export function decodeBytes(decoder: StreamDecoder, bytes: Uint8Array, cuts: readonly number[] = []): ChatDelta[] {
  const deltas: ChatDelta[] = [];
  const events = createEventDecoder((event) => {
    if (!decoder.done) decoder.push(event, deltas);
  });
  const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  places.slice(1).forEach((end, index) => events.feed(bytes.subarray(places[index], end)));
  events.end();
  if (!decoder.done) decoder.end(deltas);
  return deltas;
}

/** Events as a server sends them. */
export function eventBytes(events: readonly object[], separator = "\n"): Uint8Array {
  return new TextEncoder().encode(events.map((event) => `data: ${JSON.stringify(event)}${separator}${separator}`).join(""));
}
