import { defineBalancer } from "./balancer.ts";
import { orderByCost } from "./order-by-cost.ts";
import { noTurns, owedMost, type SmoothTurns, takeTurn } from "./smooth-turns.ts";
import { usableWeights } from "./usable-weights.ts";

/** Each target as often as its weight says, spread evenly over time. */
export const weightedRoundRobin = defineBalancer<SmoothTurns>({
  name: "weighted_round_robin",
  because: "targets have known, unlike capacities; each gets its share without bursts",
  createState: noTurns,
  order(state, targets, { random }) {
    if (targets.length === 0) return [];
    const weights = usableWeights(targets);
    const pick = takeTurn(state, targets, weights, random);
    return orderByCost(pick, weights, (index) => owedMost(state, index));
  },
});
