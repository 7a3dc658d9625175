import fc from "fast-check";
import { ALL_BALANCERS, BALANCER_NAMES, findBalancer } from "./all-balancers.ts";
import type { BalancedTarget } from "./balancer.ts";
import {
  balancedTarget,
  balanceInput,
  countPicks,
  picksOf,
  seededRandom,
  weighted,
  worstDeviation,
} from "./testing/balanced-target.ts";
import { simulateCalls } from "./testing/simulate-calls.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const figure = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e7, noNaN: true }));
const anyTargets: fc.Arbitrary<BalancedTarget[]> = fc.uniqueArray(
  fc.record({
    key: fc.string({ maxLength: 12 }),
    weight: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e12, noNaN: true })),
    active: fc.nat(1_000),
    queued: fc.nat(100),
    latencyMs: figure,
    latencyP95Ms: figure,
    firstTokenMs: figure,
    tokensPerSecond: figure,
    successRate: share,
    evidence: figure,
    requestHeadroom: fc.oneof(fc.constant(0), share),
    tokenHeadroom: fc.oneof(fc.constant(0), share),
    costPerSuccessNanoUsd: figure,
  }),
  { selector: (target) => target.key, minLength: 1, maxLength: 12 },
);
const isUsable = (target: BalancedTarget) =>
  target.weight > 0 && target.requestHeadroom > 0 && target.tokenHeadroom > 0;

describe("balancers", () => {
  it("are found by the names that a configuration may use", () => {
    expect(BALANCER_NAMES).toEqual([
      "round_robin",
      "weighted_round_robin",
      "least_connections",
      "least_response_time",
      "consistent_hash",
      "adaptive_weighted",
      "performance_based",
      "token_aware",
    ]);
    for (const name of BALANCER_NAMES) expect(findBalancer(name)?.name).toBe(name);
    expect(findBalancer("fastest")).toBeUndefined();
  });
});

describe.each(ALL_BALANCERS.map((balancer) => [balancer.name, balancer] as const))("%s", (name, balancer) => {
  /** Round robin gives every target the same, whatever its weight. */
  const unlike = name === "round_robin" ? [1, 1, 1, 1, 1] : [1, 2, 3, 4, 10];

  it("has nothing to order among none", () => {
    expect(balancer.order(balancer.createState(), [], balanceInput())).toEqual([]);
  });

  it("names every target once", () => {
    fc.assert(
      fc.property(fc.array(anyTargets, { minLength: 1, maxLength: 4 }), fc.integer(), (runs, seed) => {
        const state = balancer.createState();
        const random = seededRandom(seed);
        for (const [step, targets] of runs.entries()) {
          const order = balancer.order(state, targets, balanceInput({ random, now: 1_000_000 + step * 700 }));
          expect(order.toSorted((left, right) => left - right)).toEqual(targets.map((_, index) => index));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("puts targets without weight or headroom behind all others", () => {
    fc.assert(
      fc.property(anyTargets, fc.integer(), (targets, seed) => {
        fc.pre(targets.some(isUsable));
        const order = balancer.order(balancer.createState(), targets, balanceInput({ random: seededRandom(seed) }));
        const usable = order.map((index) => isUsable(targets[index] as BalancedTarget));
        expect(usable).toEqual(usable.toSorted((left, right) => Number(right) - Number(left)));
      }),
      { numRuns: 300 },
    );
  });

  it("decides the same after its state went through JSON", () => {
    fc.assert(
      fc.property(anyTargets, fc.integer(), (targets, seed) => {
        const random = seededRandom(seed);
        let kept = balancer.createState();
        const live = balancer.createState();
        const again = seededRandom(seed);
        for (let step = 0; step < 20; step++) {
          const now = 1_000_000 + step * 300;
          const expected = balancer.order(live, targets, balanceInput({ random, now }));
          const actual = balancer.order(kept, targets, balanceInput({ random: again, now }));
          expect(actual).toEqual(expected);
          kept = JSON.parse(JSON.stringify(kept)) as object;
          expect(kept).toEqual(live);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("keeps its state bounded while targets come and go", () => {
    const state = balancer.createState();
    const random = seededRandom(3);
    for (let generation = 0; generation < 2_000; generation++) {
      const targets = weighted(1, 2, 3).map((target) => ({ ...target, key: `${target.key}/${generation}` }));
      balancer.order(state, targets, balanceInput({ random, now: 1_000_000 + generation }));
    }
    expect(JSON.stringify(state).length).toBeLessThan(20_000);
  });

  it("spreads 10,000 requests to idle targets within 5 % of the intended shares", () => {
    const targets = weighted(...unlike);
    const counts = countPicks(picksOf(balancer, targets, 10_000), targets.length);
    expect(worstDeviation(counts, targets)).toBeLessThan(0.05);
  });

  it("spreads 10,000 requests to busy targets within 5 % of the intended shares", () => {
    const { picks } = simulateCalls({
      balancer,
      weights: unlike,
      requests: 10_000,
      routers: 1,
      snapshotEvery: 0,
      between: 10,
      duration: () => 1_000,
    });
    expect(worstDeviation(picks, weighted(...unlike))).toBeLessThan(0.05);
  });

  it("sends nothing to a target whose tokens or requests are used up, and takes it back in", () => {
    const targets = weighted(1, 1, 1, 1);
    const without = [
      ...targets.slice(0, 2),
      balancedTarget("target-2", { tokenHeadroom: 0 }),
      balancedTarget("target-3", { requestHeadroom: 0 }),
    ];
    const state = balancer.createState();
    const before = countPicks(picksOf(balancer, targets, 400, { state }), 4);
    const during = countPicks(picksOf(balancer, without, 400, { state, start: 1_004_000 }), 4);
    const after = countPicks(picksOf(balancer, targets, 4_000, { state, start: 1_008_000 }), 4);
    expect(Math.min(...before)).toBeGreaterThan(50);
    expect(during.slice(2)).toEqual([0, 0]);
    expect(Math.min(...after)).toBeGreaterThan(800);
    expect(Math.max(...after)).toBeLessThan(1_300);
  });

  it("still picks where no target has headroom, and never one without weight", () => {
    const targets = weighted(1, 1, 0).map((target) => ({ ...target, tokenHeadroom: 0 }));
    const counts = countPicks(picksOf(balancer, targets, 1_000), 3);
    expect(counts[2]).toBe(0);
    expect(Math.min(counts[0] ?? 0, counts[1] ?? 0)).toBeGreaterThan(400);
  });

  it("brings in a new target and lets an old one go", () => {
    const all = weighted(1, 1, 1, 1, 1);
    const state = balancer.createState();
    picksOf(balancer, all.slice(0, 4), 1_000, { state });
    const grown = countPicks(picksOf(balancer, all, 5_000, { state, start: 1_010_000 }), 5);
    expect(Math.min(...grown)).toBeGreaterThan(850);
    const shrunk = countPicks(picksOf(balancer, all.slice(1), 4_000, { state, start: 1_060_000 }), 4);
    expect(Math.min(...shrunk)).toBeGreaterThan(850);
  });

  it("does not overload one target when eight routers decide on figures of a quarter of a second ago", () => {
    const { meanImbalance, worstImbalance } = simulateCalls({
      balancer,
      weights: Array.from({ length: 10 }, () => 1),
      requests: 10_000,
      routers: 8,
      snapshotEvery: 250,
      between: 5,
      duration: (_target, _now, random) => 500 - 500 * Math.log(1 - random()),
    });
    // 20 calls under way at each target in the mean.
    expect(meanImbalance).toBeLessThan(1.8);
    expect(worstImbalance).toBeLessThan(3);
  });
});
