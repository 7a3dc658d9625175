import { defineBalancer } from "./balancer.ts";
import { orderByCost } from "./order-by-cost.ts";
import { emptyMemory, recall, type TargetMemory } from "./target-memory.ts";
import { usableWeights } from "./usable-weights.ts";

interface Turn {
  /** Number of the target's last turn. */
  last: number;
}

interface RoundRobinState {
  memory: TargetMemory<Turn>;
  turns: number;
}

/**
 * Each target in turn, whatever its weight: the one that has waited longest is next. New targets come into the round
 * at a random place of those that have not been yet, so that processes which start together do not go in step.
 */
export const roundRobin = defineBalancer<RoundRobinState>({
  name: "round_robin",
  because: "the targets are alike and requests are alike; every target gets the same number",
  createState: () => ({ memory: emptyMemory(), turns: 0 }),
  order(state, targets, { random }) {
    recall(state.memory, targets, () => ({ last: random() - 1 }));
    const weights = usableWeights(targets);
    const { rows } = state.memory;
    let next = -1;
    for (let index = 0; index < weights.length; index++) {
      if (weights[index] === 0) continue;
      if (next < 0 || (rows[index] as Turn).last < (rows[next] as Turn).last) next = index;
    }
    if (next < 0) return [];
    state.turns++;
    (rows[next] as Turn).last = state.turns;
    return orderByCost(next, weights, (index) => (rows[index] as Turn).last);
  },
});
