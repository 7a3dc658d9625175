import type { Message } from "@bufbuild/protobuf";
import type { ClientReadableStream, ServiceError } from "@grpc/grpc-js";
import { abortError } from "./deadline.ts";
import { fromGrpcStatus } from "./error-trailer.ts";

/** Messages read ahead of the consumer at most; beyond them HTTP/2 flow control holds the peer back. */
const READ_AHEAD = 32;

/**
 * The messages of a streamed call. Leaving the loop early, or the signal, cancels the call at the peer.
 *
 * @param ended called once, with what was thrown, if anything
 */
export function readStream(
  call: ClientReadableStream<Message>,
  signal: AbortSignal | undefined,
  ended: (thrown?: unknown) => void,
): AsyncIterableIterator<Message> {
  const arrived: Message[] = [];
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

  call.on("data", (message: Message) => {
    arrived.push(message);
    if (arrived.length >= READ_AHEAD) call.pause();
    notify();
  });
  call.on("error", (error: ServiceError) => finish(fromGrpcStatus(error)));
  call.on("end", () => finish());
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
