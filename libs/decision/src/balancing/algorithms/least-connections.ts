import { defineBalancer } from "./balancer.ts";
import { orderByCost } from "./order-by-cost.ts";
import { relativeLoads } from "./outstanding.ts";
import { noTurns, type SmoothTurns } from "./smooth-turns.ts";
import { chooseOfTwo } from "./two-choices.ts";
import { usableWeights } from "./usable-weights.ts";

/** The load of a target that has nothing to do. */
const IDLE = 1;

/**
 * The less busy of two, by calls under way and waiting against the weight. A busy target is never taken while another is
 * idle (as in Lu et al., "Join-Idle-Queue", 2011); among busy ones it is two choices rather than the least of all, since
 * others decide on the same old figures.
 */
export const leastConnections = defineBalancer<SmoothTurns>({
  name: "least_connections",
  because: "requests take unlike times; new ones go where fewer are under way",
  createState: noTurns,
  order(state, targets, { random }) {
    if (targets.length === 0) return [];
    const weights = usableWeights(targets);
    const loads = relativeLoads(targets, weights);
    const chosen = chooseOfTwo(state, targets, weights, loads, random);
    const pick = loads[chosen] === IDLE ? chosen : drawIdle(weights, loads, random, chosen);
    return orderByCost(pick, weights, (index) => loads[index] as number);
  },
});

/** One of the idle targets, by weight; the one given where there is none. */
function drawIdle(weights: readonly number[], loads: readonly number[], random: () => number, or: number): number {
  let pick = or;
  let sum = 0;
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index] as number;
    if (weight === 0 || loads[index] !== IDLE) continue;
    sum += weight;
    if (random() * sum < weight) pick = index;
  }
  return pick;
}
