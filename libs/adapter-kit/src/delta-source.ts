import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { createEventDecoder, type ServerSentEvent } from "./event-decoder.ts";
import type { LeanResponse } from "./lean-response.ts";
import { createLineDecoder } from "./line-decoder.ts";
import { connectionFailure } from "./provider-failure.ts";

/** Deltas that wait for a slow reader before the provider is made to wait. */
const MAX_WAITING = 256;

/** A provider's events turned into deltas, one event after the other. */
export interface StreamDecoder {
  /** Lines are handed over as the data of an event each. Unset: server-sent events. */
  readonly framing?: "events" | "lines";
  /**
   * Takes an event and adds the deltas it means.
   *
   * @throws FairleadError when the event reports an error or breaks the protocol
   */
  push(event: ServerSentEvent, deltas: ChatDelta[]): void;
  /** True when the terminal event was taken; nothing after it counts. */
  readonly done: boolean;
  /**
   * Adds what the end of the stream means.
   *
   * @throws FairleadError MALFORMED_ANSWER when the answer was not complete
   */
  end(deltas: ChatDelta[]): void;
}

/** A streamed answer, read list by list. */
export interface DeltaSource {
  /**
   * Everything that arrived since, never empty; undefined at the end. Only one may be asked for at a time.
   *
   * @throws FairleadError when the stream failed, after all that arrived before
   */
  next(): Promise<ChatDelta[] | undefined>;
  /** Ends the reading; the connection is closed unless the answer was complete. */
  close(): void;
}

/**
 * Decodes a streamed answer while it arrives.
 *
 * Deltas that arrived together with a failure are dropped, so that a failure before them can still be hidden by another try.
 *
 * @param first  deltas that go out with the first ones of the provider
 * @param signal of the call; its reason is the failure when it aborts
 */
export function readDeltas(response: LeanResponse, decoder: StreamDecoder, first: readonly ChatDelta[], signal: AbortSignal): DeltaSource {
  let waiting: ChatDelta[] = [...first];
  let arrived = false;
  let ended = false;
  let failed: Error | undefined;
  let wake: (() => void) | undefined;
  let paused = false;

  const createDecoder = decoder.framing === "lines" ? createLineDecoder : createEventDecoder;
  const events = createDecoder((event) => {
    if (!decoder.done) decoder.push(event, waiting);
  });

  /** Takes a step; what it added is lost when it fails. */
  function step(take: () => void): void {
    if (ended) return;
    const before = waiting.length;
    try {
      take();
      if (waiting.length > before) arrived = true;
    } catch (error) {
      waiting.length = before;
      fail(error);
    }
    if (arrived || ended) notify();
  }

  function fail(error: unknown): void {
    if (ended) return;
    failed = connectionFailure(error, signal);
    ended = true;
  }

  function notify(): void {
    const resolve = wake;
    wake = undefined;
    resolve?.();
  }

  const reading = response.read({
    chunk(bytes) {
      step(() => events.feed(bytes));
      if (decoder.done) ended = true;
      else if (failed !== undefined) response.cancel();
      else if (waiting.length > MAX_WAITING) {
        paused = true;
        reading.pause();
      }
      if (ended) notify();
    },
    end: () =>
      step(() => {
        events.end();
        if (!decoder.done) decoder.end(waiting);
        ended = true;
      }),
    fail(error) {
      fail(error);
      notify();
    },
  });

  return {
    async next() {
      if (!arrived && !ended) await new Promise<void>((resolve) => (wake = resolve));
      if (arrived) {
        const deltas = waiting;
        waiting = [];
        arrived = false;
        if (paused) {
          paused = false;
          reading.resume();
        }
        return deltas;
      }
      if (failed !== undefined) throw failed;
      return undefined;
    },
    close() {
      if (decoder.done) response.drain();
      else response.cancel();
      ended = true;
      notify();
    },
  };
}
