import type { Message } from "@bufbuild/protobuf";
import type { ClientReadableStream, ServiceError } from "@grpc/grpc-js";
import { abortError } from "./deadline.ts";
import { fromGrpcStatus } from "./error-trailer.ts";
import { mayRepeat } from "./refused-call.ts";

/** Messages read ahead of the consumer at most; beyond them HTTP/2 flow control holds the peer back. */
const READ_AHEAD = 32;

/**
 * The messages of a streamed call. Leaving the loop early, or the signal, cancels the call at the peer.
 *
 * @param open  sends the call; again where the peer refused it
 * @param ended called once, with what was thrown, if anything
 */
export function readStream(
  open: () => ClientReadableStream<Message>,
  signal: AbortSignal | undefined,
  ended: (thrown?: unknown) => void,
): AsyncIterableIterator<Message> {
  const arrived: Message[] = [];
  let call: ClientReadableStream<Message>;
  let outcome: { thrown?: unknown } | undefined;
  let wake: (() => void) | undefined;

  const notify = () => {
    wake?.();
    wake = undefined;
  };
  const finish = (thrown?: unknown) => {
    if (outcome !== undefined) return;
    outcome = thrown === undefined ? {} : { thrown };
    signal?.removeEventListener("abort", onAbort);
    ended(thrown);
    notify();
  };
  const onAbort = () => {
    call.cancel();
    if (signal !== undefined) finish(abortError(signal));
  };

  const send = (repeats: number) => {
    const sent = open();
    call = sent;
    sent.on("data", (message: Message) => {
      arrived.push(message);
      if (arrived.length >= READ_AHEAD) sent.pause();
      notify();
    });
    sent.on("error", (error: ServiceError) => {
      if (outcome !== undefined || !mayRepeat(error, repeats)) return finish(fromGrpcStatus(error));
      try {
        send(repeats + 1);
      } catch {
        // The connection was closed meanwhile.
        finish(fromGrpcStatus(error));
      }
    });
    sent.on("end", () => {
      // A refused call ends as well, after its error.
      if (sent === call) finish();
    });
  };
  send(0);
  signal?.addEventListener("abort", onAbort, { once: true });

  return {
    async next() {
      for (;;) {
        const message = arrived.shift();
        if (message !== undefined) {
          if (arrived.length === 0 && outcome === undefined) call.resume();
          return { done: false, value: message };
        }
        if (outcome !== undefined) {
          if ("thrown" in outcome) throw outcome.thrown;
          return { done: true, value: undefined };
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    async return() {
      arrived.length = 0;
      if (outcome === undefined) {
        finish();
        call.cancel();
      }
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
