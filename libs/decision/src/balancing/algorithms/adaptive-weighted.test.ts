import fc from "fast-check";
import { adaptiveWeighted, LEAST_FACTOR, MOST_FACTOR } from "./adaptive-weighted.ts";
import type { BalancedTarget } from "./balancer.ts";
import { balancedTarget, balanceInput, countPicks, seededRandom } from "./testing/balanced-target.ts";

/** Shares by spans of ten seconds, 100 requests a second. */
function sharesOver(targetsAt: (second: number) => BalancedTarget[], seconds: number): number[][] {
  const state = adaptiveWeighted.createState();
  const random = seededRandom(1);
  const spans: number[][] = [];
  for (let span = 0; span < seconds / 10; span++) {
    const picks = Array.from({ length: 1_000 }, (_, request) => {
      const now = span * 10_000 + request * 10;
      const input = balanceInput({ random, now: 1_000_000 + now });
      return adaptiveWeighted.order(state, targetsAt(now / 1_000), input)[0] ?? 0;
    });
    spans.push(countPicks(picks, targetsAt(0).length).map((count) => count / 1_000));
  }
  return spans;
}

const pair = (facts: Partial<BalancedTarget>) => [balancedTarget("steady"), balancedTarget("other", facts)];
const lastShare = (facts: Partial<BalancedTarget>) => sharesOver(() => pair(facts), 60).at(-1)?.[1] ?? 0;

describe("adaptive weights", () => {
  it("move away from a slower, a failing and a weaker target", () => {
    expect(lastShare({ latencyMs: 2_000 })).toBeCloseTo(1 / 3, 1);
    expect(lastShare({ successRate: 0.6 })).toBeLessThan(0.3);
    expect(lastShare({ tokensPerSecond: 20 })).toBeLessThan(0.42);
    expect(lastShare({ latencyMs: 500 })).toBeCloseTo(2 / 3, 1);
  });

  it("move step by step, and back when the target is as good as the others again", () => {
    const slowUntil = (second: number) => pair({ latencyMs: second < 60 ? 3_000 : 1_000 });
    const shares = sharesOver(slowUntil, 120).map((share) => share[1] ?? 0);
    expect(shares[0]).toBeGreaterThan(shares[1] ?? 1);
    expect(shares[1]).toBeGreaterThan(shares[5] ?? 1);
    expect(shares[5]).toBeLessThan(0.28);
    expect(shares.at(-1)).toBeCloseTo(0.5, 1);
  });

  it("change little while there is little evidence, and go back where there is none", () => {
    expect(lastShare({ latencyMs: 3_000, evidence: 0.5 })).toBeGreaterThan(0.35);
    const fading = (second: number) => pair({ latencyMs: 3_000, evidence: second < 60 ? 100 : 0 });
    expect(sharesOver(fading, 120).at(-1)?.[1]).toBeGreaterThan(0.4);
  });

  it("stay within their bounds, whatever the figures", () => {
    const figure = fc.double({ min: 0, max: 1e6, noNaN: true });
    const facts = fc.record({ latencyMs: figure, tokensPerSecond: figure, successRate: fc.double({ min: 0, max: 1, noNaN: true }) });
    const least = LEAST_FACTOR / (LEAST_FACTOR + 2 * MOST_FACTOR);
    const most = MOST_FACTOR / (MOST_FACTOR + 2 * LEAST_FACTOR);
    fc.assert(
      fc.property(fc.array(facts, { minLength: 3, maxLength: 3 }), (all) => {
        const targets = all.map((figures, index) => balancedTarget(`target-${index}`, { ...figures, evidence: 1e6 }));
        for (const share of sharesOver(() => targets, 60).at(-1) ?? []) {
          expect(share).toBeGreaterThan(least - 0.003);
          expect(share).toBeLessThan(most + 0.003);
        }
      }),
      { numRuns: 20 },
    );
  });
});
