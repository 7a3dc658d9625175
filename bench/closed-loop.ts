import type { Caller } from "./caller.ts";
import { nowMs } from "./clock.ts";
import type { Tally } from "./tally.ts";

/** Milliseconds to wait after a failure, so that a shape that is down is not asked in a frenzy. */
const AFTER_FAILURE_MS = 20;

/** Asks from so many connections, each again as soon as it is answered. Counts what ends between the two times. */
export async function runClosedLoop(
  caller: Caller,
  connections: number,
  beginAt: number,
  endAt: number,
  tally: Tally,
): Promise<void> {
  const one = async () => {
    for (let askedAt = nowMs(); askedAt < endAt; askedAt = nowMs()) {
      const count = (take: () => void) => {
        const at = nowMs();
        if (at >= beginAt && at < endAt) take();
      };
      try {
        const firstTokenAt = await caller.ask();
        count(() => tally.answered(nowMs() - askedAt, firstTokenAt === 0 ? undefined : firstTokenAt - askedAt));
      } catch (error) {
        count(() => tally.failed(error));
        await new Promise((resolve) => setTimeout(resolve, AFTER_FAILURE_MS));
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
}
