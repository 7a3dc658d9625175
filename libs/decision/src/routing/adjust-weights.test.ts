import fc from "fast-check";
import { adjustWeights } from "./adjust-weights.ts";
import { CALM } from "./situation.ts";

const BASE = { cost: 0.3, latency: 0.2, quality: 0.35, reliability: 0.15 };
const share = fc.double({ min: 0, max: 1, noNaN: true });
const anySituation = fc.record({
  budgetUsed: share,
  budgetExpected: fc.option(fc.double({ min: 0, max: 5, noNaN: true }), { nil: undefined }),
  load: share,
  troubled: share,
});

describe("moving weights", () => {
  it("leaves them where they are while all is calm", () => {
    const { weights, adjustments } = adjustWeights(BASE, CALM, 0.5);
    expect(weights).toMatchObject({ cost: 0.3, latency: 0.2, quality: 0.35, reliability: 0.15 });
    expect(adjustments).toEqual([]);
  });

  it.each([
    ["cost as a budget runs out", { ...CALM, budgetUsed: 0.9 }, "cost", "90 % of a budget is used"],
    ["cost where a budget is expected to run out", { ...CALM, budgetExpected: 1.4 }, "cost", "140 % is expected"],
    ["latency as targets fill up", { ...CALM, load: 0.95 }, "latency", "95 % loaded"],
    ["reliability as targets fail", { ...CALM, troubled: 0.4 }, "reliability", "40 % of the targets"],
  ] as const)("raises %s, and says why", (_, situation, name, words) => {
    const { weights, adjustments } = adjustWeights(BASE, situation, 0.5);
    expect(weights[name]).toBeGreaterThan(BASE[name]);
    expect(adjustments.join(" ")).toContain(words);
  });

  it("keeps to its bound and to a sum of one, whatever happens", () => {
    fc.assert(
      fc.property(anySituation, share, (situation, bound) => {
        const { weights } = adjustWeights(BASE, situation, bound);
        const values = Object.values(weights) as number[];
        expect(values.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
        for (const name of Object.keys(BASE) as (keyof typeof BASE)[]) {
          // Before scaling each is within its bound; scaling divides all by the same sum, itself within the bound.
          const ratio = (weights[name] ?? 0) / BASE[name];
          expect(ratio).toBeGreaterThanOrEqual((1 - bound) / (1 + bound) - 1e-9);
          expect(ratio).toBeLessThanOrEqual((1 + bound) / Math.max(1 - bound, 1e-9) + 1e-9);
        }
      }),
    );
  });
});
