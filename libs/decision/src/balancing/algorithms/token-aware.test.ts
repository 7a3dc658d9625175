import { leastConnections } from "./least-connections.ts";
import { balancedTarget, balanceInput, seededRandom } from "./testing/balanced-target.ts";
import { type CallSimulation, simulateCalls } from "./testing/simulate-calls.ts";
import { tokenAware } from "./token-aware.ts";
import { weightedRoundRobin } from "./weighted-round-robin.ts";

/** Pareto with an infinite variance, as prompt sizes nearly have, cut at 200,000. */
const heavyTailed = (random: () => number) => Math.min(200_000, 400 * (1 - random()) ** (-1 / 1.2));

/** Largest deviation of a target's tokens from the mean, in the mean over seeds. */
function tokenSpread(balancer: CallSimulation["balancer"], routers: number): number {
  const spreads = [1, 2, 3, 4, 5, 6].map((seed) => {
    const { tokens } = simulateCalls({
      balancer,
      seed,
      routers,
      weights: [1, 1, 1, 1, 1, 1],
      requests: 4_000,
      snapshotEvery: 250,
      between: 20,
      duration: () => 1_500,
      tokens: heavyTailed,
    });
    const mean = tokens.reduce((sum, count) => sum + count, 0) / tokens.length;
    return Math.max(...tokens.map((count) => Math.abs(count - mean) / mean));
  });
  return spreads.reduce((sum, spread) => sum + spread, 0) / spreads.length;
}

describe("token aware", () => {
  it("evens out tokens of requests with heavy-tailed sizes where counting requests does not", () => {
    const spread = tokenSpread(tokenAware, 1);
    expect(spread).toBeLessThan(0.06);
    expect(spread).toBeLessThan(tokenSpread(weightedRoundRobin, 1) / 3);
    expect(spread).toBeLessThan(tokenSpread(leastConnections, 1) / 3);
  });

  it("does so with several routers that do not know each other's requests", () => {
    expect(tokenSpread(tokenAware, 8)).toBeLessThan(tokenSpread(weightedRoundRobin, 8) * 0.7);
  });

  it("sends small requests elsewhere while a large one is worked on", () => {
    const targets = [balancedTarget("first"), balancedTarget("second"), balancedTarget("third")];
    const state = tokenAware.createState();
    const random = seededRandom(1);
    const [large] = tokenAware.order(state, targets, balanceInput({ random, expectedTokens: 100_000 }));
    for (let request = 0; request < 40; request++) {
      const [pick] = tokenAware.order(state, targets, balanceInput({ random, expectedTokens: 500 }));
      expect(pick).not.toBe(large);
    }
  });

  it("counts what other routers have under way", () => {
    const targets = [balancedTarget("busy", { active: 20 }), balancedTarget("idle")];
    expect(tokenAware.order(tokenAware.createState(), targets, balanceInput())).toEqual([1, 0]);
  });

  it("gives a target less the fewer of its tokens a minute are left", () => {
    const shareAt = (tokenHeadroom: number) => {
      const targets = [balancedTarget("free"), balancedTarget("limited", { tokenHeadroom })];
      const state = tokenAware.createState();
      const random = seededRandom(1);
      const tokens = [0, 0];
      for (let request = 0; request < 2_000; request++) {
        const expectedTokens = heavyTailed(random);
        const input = balanceInput({ random, now: 1_000_000 + request * 20, expectedTokens });
        const [pick = 0] = tokenAware.order(state, targets, input);
        tokens[pick] = (tokens[pick] ?? 0) + expectedTokens;
      }
      return (tokens[1] ?? 0) / ((tokens[0] ?? 0) + (tokens[1] ?? 0));
    };
    expect(shareAt(1)).toBeCloseTo(0.5, 1);
    expect(shareAt(0.5)).toBeLessThan(0.42);
    expect(shareAt(0.1)).toBeLessThan(0.2);
    expect(shareAt(0)).toBe(0);
  });
});
