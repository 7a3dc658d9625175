import { setTimeout as wait } from "node:timers/promises";

/**
 * Resolves after a time, or when the signal fires.
 *
 * @param background true does not keep the process alive for it
 */
export async function pause(milliseconds: number, signal?: AbortSignal, background = false): Promise<void> {
  const options = { ref: !background, ...(signal === undefined ? {} : { signal }) };
  // The only rejection is the signal's, which is one of the two ways to end.
  await wait(milliseconds, undefined, options).catch(() => undefined);
}
