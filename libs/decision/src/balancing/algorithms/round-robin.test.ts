import { roundRobin } from "./round-robin.ts";
import { balanceInput, countPicks, picksOf, weighted } from "./testing/balanced-target.ts";

describe("round robin", () => {
  it("takes every target once before it takes one twice, whatever the weights", () => {
    const picks = picksOf(roundRobin, weighted(1, 5, 9, 2), 400);
    for (let start = 0; start < 400; start += 4) {
      expect(new Set(picks.slice(start, start + 4)).size).toBe(4);
    }
  });

  it("goes on with the target that has waited longest when some are away for a while", () => {
    const targets = weighted(1, 1, 1, 1);
    const state = roundRobin.createState();
    const all = picksOf(roundRobin, targets, 8, { state });
    picksOf(roundRobin, targets.slice(0, 2), 10, { state });
    const [pick] = roundRobin.order(state, targets, balanceInput());
    expect(pick).toBe(all.slice(-4).find((index) => index >= 2));
  });

  it("falls back to the targets that come next", () => {
    const state = roundRobin.createState();
    const order = roundRobin.order(state, weighted(1, 1, 1), balanceInput());
    const next = roundRobin.order(state, weighted(1, 1, 1), balanceInput());
    expect(next[0]).toBe(order[1]);
    expect(next[1]).toBe(order[2]);
  });

  it("starts at a random target", () => {
    const firsts = Array.from({ length: 400 }, (_, seed) => picksOf(roundRobin, weighted(1, 1, 1, 1), 1, { seed })[0] ?? 0);
    expect(Math.min(...countPicks(firsts, 4))).toBeGreaterThan(50);
  });
});
