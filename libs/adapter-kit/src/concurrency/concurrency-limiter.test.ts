import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { ConcurrencyLimiter } from "./concurrency-limiter.ts";

const SETTINGS = { least: 1, start: 2, most: 8, waitMs: 60, waiting: 2 };
const { signal } = new AbortController();

function limiterAt(now: { ms: number }) {
  return new ConcurrencyLimiter(SETTINGS, () => now.ms);
}

const overloaded = expect.objectContaining({ code: ErrorCode.OVERLOADED });

describe("the calls of a target", () => {
  it("take turns beyond the limit, first come first served", async () => {
    const limiter = limiterAt({ ms: 0 });
    const first = await limiter.enter("", "m", signal);
    await limiter.enter("", "m", signal);
    const order: string[] = [];
    const third = limiter.enter("", "m", signal).then((turn) => (order.push("third"), turn));
    const fourth = limiter.enter("", "m", signal).then((turn) => (order.push("fourth"), turn));
    expect(limiter.targets).toEqual([{ deployment: "", model: "m", limit: 2, inFlight: 2, waiting: 2 }]);
    first.left();
    (await third).left();
    (await fourth).left();
    expect(order).toEqual(["third", "fourth"]);
  });

  it("are refused where too many wait, and where the wait is too long, with a time to try again", async () => {
    const limiter = limiterAt({ ms: 0 });
    await limiter.enter("", "m", signal);
    await limiter.enter("", "m", signal);
    const late = [limiter.enter("", "m", signal), limiter.enter("", "m", signal)];
    await expect(limiter.enter("", "m", signal)).rejects.toMatchObject({ code: ErrorCode.OVERLOADED, detail: { retryAfter: { seconds: 1n } } });
    expect(await Promise.allSettled(late)).toEqual([{ status: "rejected", reason: overloaded }, { status: "rejected", reason: overloaded }]);
    expect(limiter.targets[0]).toMatchObject({ inFlight: 2, waiting: 0 });
  });

  it("leave the line when their caller goes away", async () => {
    const limiter = limiterAt({ ms: 0 });
    await limiter.enter("", "m", signal);
    await limiter.enter("", "m", signal);
    const leaving = new AbortController();
    const gone = limiter.enter("", "m", leaving.signal);
    leaving.abort();
    await expect(gone).rejects.toMatchObject({ code: ErrorCode.CANCELLED });
    expect(limiter.targets[0]?.waiting).toBe(0);
  });

  it("do not count for another model or deployment", async () => {
    const limiter = limiterAt({ ms: 0 });
    for (const [deployment, model] of [["", "m"], ["", "m"], ["eu", "m"], ["", "n"]] as const) await limiter.enter(deployment, model, signal);
    expect(limiter.targets.map(({ inFlight }) => inFlight)).toEqual([2, 1, 1]);
  });

  it("let fewer through after overloads, and a turn that is given back twice counts once", async () => {
    const now = { ms: 0 };
    const limiter = limiterAt(now);
    for (let second = 1; second <= 10; second++) {
      now.ms = second * 1_000;
      const turn = await limiter.enter("", "m", signal);
      turn.overloaded();
      turn.left();
    }
    expect(limiter.targets).toEqual([{ deployment: "", model: "m", limit: 1, inFlight: 0, waiting: 0 }]);
  });
});
