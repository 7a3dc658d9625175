import type { BalancedTarget } from "./balancer.ts";
import { performanceBased } from "./performance-based.ts";
import { balancedTarget, countPicks, picksOf } from "./testing/balanced-target.ts";

/** Share of a target beside two usual ones that have a call each to do. */
function shareOf(facts: Partial<BalancedTarget>): number {
  const targets = [
    balancedTarget("first", { active: 1 }),
    balancedTarget("second", { active: 1 }),
    balancedTarget("other", { active: 1, ...facts }),
  ];
  return (countPicks(picksOf(performanceBased, targets, 3_000), 3)[2] ?? 0) / 3_000;
}

describe("performance based", () => {
  it("gives a target with the same figures the same share", () => {
    expect(shareOf({})).toBeCloseTo(1 / 3, 2);
  });

  it.each<[string, Partial<BalancedTarget>]>([
    ["a higher mean latency", { latencyMs: 3_000 }],
    ["a higher 95th percentile", { latencyP95Ms: 9_000 }],
    ["a later first token", { firstTokenMs: 900 }],
    ["fewer tokens a second", { tokensPerSecond: 10 }],
    ["more failures", { successRate: 0.8 }],
    ["a higher cost per success", { costPerSuccessNanoUsd: 5_000_000 }],
  ])("gives less to a target with %s", (_figure, facts) => {
    expect(shareOf(facts)).toBeLessThan(0.1);
  });

  it("gives a worse target what better ones are too busy for", () => {
    const targets = [
      balancedTarget("better", { active: 40 }),
      balancedTarget("worse", { active: 2, latencyMs: 3_000, latencyP95Ms: 6_000, tokensPerSecond: 20 }),
    ];
    const [better = 0, worse = 0] = countPicks(picksOf(performanceBased, targets, 100), 2);
    expect(worse).toBe(100);
    expect(better).toBe(0);
  });

  it("does not hold against a target what few calls showed", () => {
    const poor = { latencyMs: 30_000, latencyP95Ms: 60_000, successRate: 0.1, active: 0 };
    const targets = (evidence: number) => [
      balancedTarget("usual", { active: 3 }),
      balancedTarget("poor", { ...poor, evidence }),
    ];
    expect(countPicks(picksOf(performanceBased, targets(0.01), 100), 2)[1]).toBe(100);
    expect(countPicks(picksOf(performanceBased, targets(100), 100), 2)[1]).toBe(0);
  });
});
