import type { EventDecoder, ServerSentEvent } from "./event-decoder.ts";
import { malformedAnswer } from "./malformed.ts";

/** Characters of one line at most. */
export const MAX_LINE_CHARACTERS = 4 * 1024 * 1024;

/**
 * Makes a decoder of lines, as newline-delimited JSON has them, cut anywhere. Each is handed on as the data of an
 * event; empty lines are not. Bytes that are no UTF-8 become U+FFFD. What `onLine` throws, it throws.
 */
export function createLineDecoder(
  onLine: (line: ServerSentEvent) => void,
  maxLineCharacters = MAX_LINE_CHARACTERS,
): EventDecoder {
  const decoder = new TextDecoder();
  let rest = "";

  function take(text: string): void {
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      const line = rest + text.slice(start, end);
      rest = "";
      start = end + 1;
      hand(line);
    }
    rest += text.slice(start);
    bound(rest);
  }

  function hand(line: string): void {
    bound(line);
    const data = line.trim();
    if (data !== "") onLine({ data, id: undefined, event: undefined });
  }

  function bound(line: string): void {
    if (line.length > maxLineCharacters)
      throw malformedAnswer("A line of the provider's stream is longer than lines may be.");
  }

  return {
    feed: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end() {
      take(decoder.decode());
      const last = rest;
      rest = "";
      hand(last);
    },
  };
}
