import { leastResponseTime } from "./least-response-time.ts";
import { balancedTarget, balanceInput, countPicks, picksOf, seededRandom } from "./testing/balanced-target.ts";
import { simulateCalls } from "./testing/simulate-calls.ts";

describe("least response time", () => {
  it("sends less to a target while it is slow, and as much as before when it is fast again", () => {
    const slowFrom = 60_000;
    const slowUntil = 120_000;
    const { pickAt } = simulateCalls({
      balancer: leastResponseTime,
      weights: [1, 1, 1, 1],
      requests: 24_000,
      routers: 4,
      snapshotEvery: 250,
      between: 10,
      duration: (target, now) => (target === 0 && now >= slowFrom && now < slowUntil ? 4_000 : 400),
    });
    const shareOf = (from: number, until: number) => {
      const picks = pickAt.filter(({ at }) => at >= from && at < until);
      return picks.filter(({ target }) => target === 0).length / picks.length;
    };
    expect(shareOf(20_000, slowFrom)).toBeCloseTo(0.25, 1);
    expect(shareOf(slowFrom + 10_000, slowUntil)).toBeLessThan(0.08);
    expect(shareOf(slowUntil + 40_000, 240_000)).toBeCloseTo(0.25, 1);
  });

  it("tries a target that nobody called for a while with one call at a time", () => {
    const targets = [balancedTarget("fast", { latencyMs: 200 }), balancedTarget("slow", { latencyMs: 2_000 })];
    const state = leastResponseTime.createState();
    const random = seededRandom(1);
    const slowAt: number[] = [];
    for (let now = 0; now < 120_000; now += 100) {
      const [pick] = leastResponseTime.order(state, targets, balanceInput({ random, now: 1_000_000 + now }));
      if (pick === 1) slowAt.push(now);
    }
    expect(slowAt.length).toBeGreaterThanOrEqual(2);
    expect(slowAt.length).toBeLessThanOrEqual(6);
    slowAt.slice(1).forEach((at, index) => expect(at - (slowAt[index] ?? 0)).toBeGreaterThan(20_000));
  });

  it("takes a target that was never measured for as fast as the fastest", () => {
    const targets = [
      balancedTarget("fast", { latencyMs: 200 }),
      balancedTarget("fresh", { latencyMs: 0, evidence: 0 }),
      balancedTarget("slow", { latencyMs: 5_000 }),
    ];
    const counts = countPicks(picksOf(leastResponseTime, targets, 1_000), 3);
    expect(counts[1]).toBeGreaterThan(300);
    expect(counts[2]).toBeLessThan(5);
  });

  it("prefers a slower target when the faster one has much more to do", () => {
    const targets = [
      balancedTarget("fast", { latencyMs: 200, active: 30 }),
      balancedTarget("slow", { latencyMs: 1_000, active: 1 }),
    ];
    expect(leastResponseTime.order(leastResponseTime.createState(), targets, balanceInput())).toEqual([1, 0]);
  });
});
