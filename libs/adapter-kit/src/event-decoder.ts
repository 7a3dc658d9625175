import { createParser, type EventSourceMessage } from "eventsource-parser";
import { malformedAnswer } from "./malformed.ts";

/** Characters of one server-sent event at most. */
export const MAX_EVENT_CHARACTERS = 4 * 1024 * 1024;

/** One server-sent event. */
export type ServerSentEvent = EventSourceMessage;

/** Turns bytes, cut anywhere, into server-sent events. Both throw MALFORMED_ANSWER for an event that is too long. */
export interface EventDecoder {
  feed(bytes: Uint8Array): void;
  /** Takes a last event that lacks its closing blank line. */
  end(): void;
}

/** Makes a decoder that hands on each event as soon as it is complete. What `onEvent` throws, it throws. */
export function createEventDecoder(
  onEvent: (event: ServerSentEvent) => void,
  maxEventCharacters = MAX_EVENT_CHARACTERS,
): EventDecoder {
  let overflow = false;
  const parser = createParser({
    maxBufferSize: maxEventCharacters,
    onEvent,
    onError: (error) => {
      if (error.type === "max-buffer-size-exceeded") overflow = true;
    },
  });
  const decoder = new TextDecoder();
  const feed = (text: string) => {
    parser.feed(text);
    if (overflow) throw malformedAnswer("An event of the provider's stream is longer than events may be.");
  };
  return {
    feed: (bytes) => feed(decoder.decode(bytes, { stream: true })),
    end: () => feed(`${decoder.decode()}\n\n`),
  };
}
