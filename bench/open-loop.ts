import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Caller } from "./caller.ts";
import { nowMs } from "./clock.ts";
import type { Tally } from "./tally.ts";

/** How the pacer counts: request number i is due at `startAt` + i times `gapMs`. */
export interface Pace {
  readonly startAt: number;
  readonly gapMs: number;
  readonly count: number;
}

/** Answers that are waited for at most; beyond them requests count as failed. */
const MAX_OUTSTANDING = 4_096;

/**
 * Asks at a constant rate from now on, however long the answers take. Every time is taken from when its request was
 * due, so that a shape that holds the generator up does not look faster for it. Counts what is due between the times.
 */
export async function runOpenLoop(
  caller: Caller,
  perSecond: number,
  beginAt: number,
  endAt: number,
  tally: Tally,
): Promise<void> {
  const gapMs = 1000 / perSecond;
  const startAt = nowMs() + gapMs;
  const pace: Pace = { startAt, gapMs, count: Math.floor((endAt - startAt) / gapMs) };
  const pacer = new Worker(new URL("pacer.ts", import.meta.url), { workerData: pace });
  const outstanding = new Set<Promise<void>>();
  pacer.on("message", (index: number) => {
    const dueAt = startAt + index * gapMs;
    const counted = dueAt >= beginAt;
    if (outstanding.size >= MAX_OUTSTANDING) {
      if (counted) tally.failed(new Error("too many requests without an answer"));
      return;
    }
    const asked = ask(caller, dueAt, counted, tally).finally(() => outstanding.delete(asked));
    outstanding.add(asked);
  });
  await once(pacer, "exit");
  await Promise.all(outstanding);
}

async function ask(caller: Caller, dueAt: number, counted: boolean, tally: Tally): Promise<void> {
  try {
    const firstTokenAt = await caller.ask();
    if (counted) tally.answered(nowMs() - dueAt, firstTokenAt === 0 ? undefined : firstTokenAt - dueAt);
  } catch (error) {
    if (counted) tally.failed(error);
  }
}
