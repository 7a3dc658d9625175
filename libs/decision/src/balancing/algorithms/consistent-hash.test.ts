import fc from "fast-check";
import { consistentHash, LEAST_BOUND, LOAD_BOUND } from "./consistent-hash.ts";
import {
  balancedTarget,
  balanceInput,
  countPicks,
  picksOf,
  seededRandom,
  weighted,
  worstDeviation,
} from "./testing/balanced-target.ts";

const session = (index: number) => `tenant-${index % 37}/conversation-${index}`;
const placesOf = (targets: ReturnType<typeof weighted>, sessions: number) =>
  picksOf(consistentHash, targets, sessions, { session }).map((pick) => targets[pick]?.key ?? "");

describe("consistent hash", () => {
  it("keeps every session at its target, in every process and after a new start", () => {
    const targets = weighted(1, 1, 1, 1, 1);
    const first = placesOf(targets, 500);
    expect(placesOf(targets, 500)).toEqual(first);
    expect(placesOf(targets.toReversed(), 500)).toEqual(first);
    expect(picksOf(consistentHash, targets, 500, { session, seed: 99 }).map((pick) => targets[pick]?.key)).toEqual(first);
  });

  it("spreads many sessions by weight", () => {
    const targets = weighted(1, 2, 3, 4, 10);
    const counts = countPicks(picksOf(consistentHash, targets, 100_000, { session }), 5);
    expect(worstDeviation(counts, targets)).toBeLessThan(0.05);
  });

  it.each([2, 5, 10, 20])("moves about one in %i sessions, and only those of the target that goes", (count) => {
    const targets = weighted(...Array.from({ length: count }, () => 1));
    const sessions = 20_000;
    const before = placesOf(targets, sessions);
    const after = placesOf(targets.slice(1), sessions);
    const moved = before.filter((place, index) => place !== after[index]);
    expect(moved.every((place) => place === "target-0")).toBe(true);
    expect(moved.length / sessions).toBeGreaterThan(0.9 / count);
    expect(moved.length / sessions).toBeLessThan(1.1 / count);
  });

  it("moves to a new target its share and nothing else", () => {
    const targets = weighted(1, 1, 1, 1, 1);
    const before = placesOf(targets.slice(0, 4), 20_000);
    const after = placesOf(targets, 20_000);
    const moved = after.filter((place, index) => place !== before[index]);
    expect(new Set(moved)).toEqual(new Set(["target-4"]));
    expect(moved.length / 20_000).toBeCloseTo(0.2, 1);
  });

  it("sends a session on to the target that it falls back to anyway", () => {
    const targets = weighted(1, 1, 1, 1);
    for (let index = 0; index < 100; index++) {
      const input = balanceInput({ session: session(index) });
      const order = consistentHash.order(consistentHash.createState(), targets, input);
      const without = targets.filter((_, target) => target !== order[0]);
      const next = consistentHash.order(consistentHash.createState(), without, input);
      expect(next.map((target) => without[target]?.key)).toEqual(order.slice(1).map((target) => targets[target]?.key));
    }
  });

  it("never loads a target above the bound, however unlike sessions are", () => {
    const loads = fc.record({
      targets: fc.integer({ min: 1, max: 12 }),
      sessions: fc.integer({ min: 1, max: 20 }),
      calls: fc.integer({ min: 1, max: 300 }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(loads, ({ targets: count, sessions, calls, seed }) => {
        const random = seededRandom(seed);
        const state = consistentHash.createState();
        const active = Array.from({ length: count }, () => 0);
        for (let call = 1; call <= calls; call++) {
          const targets = active.map((own, index) => balancedTarget(`target-${index}`, { active: own }));
          const own = session(Math.floor(random() * sessions));
          const [pick = 0] = consistentHash.order(state, targets, balanceInput({ random, session: own }));
          active[pick] = (active[pick] ?? 0) + 1;
          const bound = Math.max(LEAST_BOUND, Math.ceil((LOAD_BOUND * call) / count));
          expect(Math.max(...active)).toBeLessThanOrEqual(bound);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("comes back to its target as soon as that has room", () => {
    const targets = weighted(1, 1, 1);
    const state = consistentHash.createState();
    const input = balanceInput({ session: "conversation" });
    const [home = 0] = consistentHash.order(state, targets, input);
    const full = targets.map((target, index) => (index === home ? { ...target, active: 40 } : target));
    const [away] = consistentHash.order(state, full, input);
    expect(away).not.toBe(home);
    expect(consistentHash.order(state, targets, input)[0]).toBe(home);
  });
});
