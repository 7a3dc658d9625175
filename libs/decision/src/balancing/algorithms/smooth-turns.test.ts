import fc from "fast-check";
import { noTurns, takeTurn } from "./smooth-turns.ts";
import { countPicks, picksOf, seededRandom, weighted, worstDeviation } from "./testing/balanced-target.ts";
import { weightedRoundRobin } from "./weighted-round-robin.ts";

describe("smooth turns", () => {
  it("interleave as nginx does", () => {
    const turns = noTurns();
    const targets = weighted(5, 1, 1);
    const picks = Array.from({ length: 7 }, () => takeTurn(turns, targets, [5, 1, 1], () => 0));
    expect(picks).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });

  it("give each target exactly its weight in every run of as many turns as the weights sum to", () => {
    const weightLists = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(weightLists, fc.integer(), (weights, seed) => {
        const sum = weights.reduce((total, weight) => total + weight, 0);
        fc.pre(sum > 0);
        const targets = weighted(...weights);
        const picks = picksOf(weightedRoundRobin, targets, sum * 3, { seed });
        for (let start = 0; start <= sum * 2; start++) {
          expect(countPicks(picks.slice(start, start + sum), weights.length)).toEqual(weights);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("never fall more than one turn behind each target's share by more than the number of others", () => {
    const weightLists = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(weightLists, fc.integer(), (weights, seed) => {
        const sum = weights.reduce((total, weight) => total + weight, 0);
        const picks = picksOf(weightedRoundRobin, weighted(...weights), 500, { seed });
        for (let length = 1; length <= picks.length; length += 7) {
          const counts = countPicks(picks.slice(0, length), weights.length);
          counts.forEach((count, index) => {
            const share = (length * (weights[index] as number)) / sum;
            expect(Math.abs(count - share)).toBeLessThan(weights.length);
          });
        }
      }),
      { numRuns: 50 },
    );
  });

  it("keep to the shares when weights come in another unit from one turn to the next", () => {
    const state = weightedRoundRobin.createState();
    const random = seededRandom(1);
    const counts = [0, 0, 0];
    for (let turn = 0; turn < 10_000; turn++) {
      const unit = turn % 2 === 0 ? 1 : 1_000;
      const targets = weighted(1 * unit, 2 * unit, 7 * unit);
      const input = { session: "", expectedTokens: 1, now: turn, random };
      const [pick = 0] = weightedRoundRobin.order(state, targets, input);
      counts[pick] = (counts[pick] ?? 0) + 1;
    }
    expect(worstDeviation(counts, weighted(1, 2, 7))).toBeLessThan(0.01);
  });

  it("do not begin with the same target in every process", () => {
    const firsts = Array.from({ length: 200 }, (_, seed) =>
      picksOf(weightedRoundRobin, weighted(1, 1, 1, 1), 1, { seed })[0],
    );
    expect(new Set(firsts).size).toBe(4);
  });
});
