import { setTimeout as sleep } from "node:timers/promises";

/** Waits until a condition holds, looking every few milliseconds; rejects after five seconds. */
export async function waitUntil(condition: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error("The condition did not come to hold within five seconds.");
    await sleep(2);
  }
}
