import { parentPort, workerData } from "node:worker_threads";
import { nowMs } from "./clock.ts";
import type { Pace } from "./open-loop.ts";

// A thread of its own, since timers of the event loop are right to the millisecond only.

const { startAt, gapMs, count } = workerData as Pace;
const never = new Int32Array(new SharedArrayBuffer(4));

for (let index = 0; index < count; index++) {
  const wait = startAt + index * gapMs - nowMs();
  if (wait > 0) Atomics.wait(never, 0, 0, wait);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  parentPort?.postMessage(index);
}
