import { pause } from "@fairlead/rpc/pause";
import type { ServiceTools } from "./service.ts";

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 2_000;

/**
 * Tries until it can reach something that the process cannot work without, however long that takes.
 *
 * @param what its name, for the log
 * @param attempt rejects where it cannot be reached now; nothing stays of an attempt that failed
 */
export type Reach = <T>(what: string, attempt: () => Promise<T>) => Promise<T>;

/** The process was told to end while it waited. */
export class EndedEarlyError extends Error {
  constructor() {
    super("told to end before everything was reached");
    this.name = "EndedEarlyError";
  }
}

/**
 * Makes the waiting for what others run: with pauses that grow to two seconds, and one line in the log for each change.
 *
 * @param signal ends the waiting with EndedEarlyError
 */
export function createReach(logger: Pick<ServiceTools["logger"], "info" | "warn">, signal: AbortSignal): Reach {
  return async (what, attempt) => {
    const ended = untilAborted(signal);
    let told = "";
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LAST_PAUSE_MS)) {
      try {
        const reached = await Promise.race([attempt(), ended]);
        if (told !== "") logger.info(`${what} is reached`);
        return reached;
      } catch (error) {
        if (error instanceof EndedEarlyError) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== told) logger.warn({ reason }, `${what} cannot be reached and is waited for`);
        told = reason;
      }
      await Promise.race([pause(wait, signal), ended]);
    }
  };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(new EndedEarlyError());
    else signal.addEventListener("abort", () => reject(new EndedEarlyError()), { once: true });
  });
  ended.catch(() => undefined);
  return ended;
}
