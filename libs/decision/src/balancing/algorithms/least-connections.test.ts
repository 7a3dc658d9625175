import fc from "fast-check";
import { leastConnections } from "./least-connections.ts";
import { balancedTarget, balanceInput, seededRandom, weighted } from "./testing/balanced-target.ts";
import { leastOfAll } from "./testing/least-of-all.ts";
import { type CallSimulation, simulateCalls } from "./testing/simulate-calls.ts";

const busyMesh = (balancer: CallSimulation["balancer"], seed = 1) =>
  simulateCalls({
    balancer,
    seed,
    weights: Array.from({ length: 10 }, () => 1),
    requests: 8_000,
    routers: 8,
    snapshotEvery: 250,
    between: 5,
    duration: (_target, _now, random) => 500 - 500 * Math.log(1 - random()),
  });

describe("least connections", () => {
  it("never takes a busy target while another is idle", () => {
    const calls = fc.record({ active: fc.nat(3), queued: fc.nat(2), weight: fc.double({ min: 0.01, max: 9, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(calls, { minLength: 2, maxLength: 10 }), fc.integer(), (busy, seed) => {
        const targets = busy.map((facts, index) => balancedTarget(`target-${index}`, facts));
        fc.pre(targets.some(({ active, queued }) => active + queued === 0));
        const [pick = 0] = leastConnections.order(
          leastConnections.createState(),
          targets,
          balanceInput({ random: seededRandom(seed) }),
        );
        expect((targets[pick]?.active ?? 1) + (targets[pick]?.queued ?? 1)).toBe(0);
      }),
    );
  });

  it("takes the less busy one of two", () => {
    const targets = [balancedTarget("busy", { active: 9 }), balancedTarget("less-busy", { active: 3, queued: 5 })];
    for (let seed = 0; seed < 50; seed++) {
      const order = leastConnections.order(
        leastConnections.createState(),
        targets,
        balanceInput({ random: seededRandom(seed) }),
      );
      expect(order).toEqual([1, 0]);
    }
  });

  it("never takes the busiest of many", () => {
    const targets = [4, 7, 5, 9, 6].map((active, index) => balancedTarget(`target-${index}`, { active }));
    for (let seed = 0; seed < 100; seed++) {
      const [pick] = leastConnections.order(
        leastConnections.createState(),
        targets,
        balanceInput({ random: seededRandom(seed) }),
      );
      expect(pick).not.toBe(3);
    }
  });

  it("tries the others from the least busy on", () => {
    const targets = [4, 0, 5, 9, 6].map((active, index) => balancedTarget(`target-${index}`, { active }));
    expect(leastConnections.order(leastConnections.createState(), targets, balanceInput())).toEqual([1, 0, 2, 4, 3]);
  });

  it("weighs calls against weights", () => {
    const targets = weighted(1, 10).map((target, index) => ({ ...target, active: [3, 12][index] ?? 0 }));
    const [pick] = leastConnections.order(leastConnections.createState(), targets, balanceInput());
    expect(pick).toBe(1);
  });

  it("piles far fewer calls on one target than the least of all does on figures of a quarter of a second ago", () => {
    for (const seed of [1, 2, 3]) {
      const two = busyMesh(leastConnections, seed);
      const greedy = busyMesh(leastOfAll, seed);
      expect(two.meanImbalance - 1).toBeLessThan((greedy.meanImbalance - 1) / 2);
      expect(two.worstImbalance).toBeLessThan(greedy.worstImbalance);
    }
  });
});
