import type { CallOptions } from "@fairlead/rpc/call";
import { pause } from "@fairlead/rpc/pause";
import type { ServiceTools } from "@fairlead/runtime/service";

/** Milliseconds of silence after which a stream is opened anew; peers give a sign of life every second. */
const SILENCE_MS = 5_000;
/** Milliseconds before a stream is opened anew. */
const PAUSE_MS = 250;

/** A followed stream. */
export interface Followed {
  /** Milliseconds since the last message; undefined: none came yet. */
  age(): number | undefined;
  close(): Promise<void>;
}

/**
 * Follows a stream of state for ever: when it breaks or falls silent it is opened anew, and until then what is known
 * stays, with its age.
 */
export function followStream<T>(
  name: string,
  open: (options: CallOptions) => AsyncIterable<T>,
  apply: (message: T) => void,
  tools: ServiceTools,
): Followed {
  const closing = new AbortController();
  let seenAt: number | undefined;

  async function once(): Promise<void> {
    const call = new AbortController();
    const stop = () => call.abort();
    closing.signal.addEventListener("abort", stop, { once: true });
    const silence = setTimeout(stop, SILENCE_MS).unref();
    try {
      for await (const message of open({ signal: call.signal })) {
        silence.refresh();
        seenAt = tools.now();
        apply(message);
      }
    } finally {
      clearTimeout(silence);
      closing.signal.removeEventListener("abort", stop);
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      await once().catch((error: unknown) => {
        if (!closing.signal.aborted) tools.logger.debug({ stream: name, err: error }, "a stream of state broke");
      });
      if (!closing.signal.aborted) await pause(PAUSE_MS, closing.signal, true);
    }
  }

  const running = run();
  return {
    age: () => (seenAt === undefined ? undefined : Math.max(0, tools.now() - seenAt)),
    async close() {
      closing.abort();
      await running;
    },
  };
}
