import { type BalancedTarget, defineBalancer } from "./balancer.ts";
import { hashPair, hashText } from "./hash-text.ts";
import { orderByCost } from "./order-by-cost.ts";
import { outstandingOf } from "./outstanding.ts";
import { noTurns, owedMost, type SmoothTurns, takeTurn } from "./smooth-turns.ts";
import { emptyMemory, recall, type TargetMemory } from "./target-memory.ts";
import { usableWeights } from "./usable-weights.ts";

interface HashedKey {
  hash: number;
}

interface HashState {
  /** For requests of no session. */
  turns: SmoothTurns;
  hashes: TargetMemory<HashedKey>;
}

/** How many times its share of the load a target takes before sessions go on to their next one. */
export const LOAD_BOUND = 1.25;
/** Calls that a target takes whatever the others do: with so few, leaving it would only lose its cache. */
export const LEAST_BOUND = 4;

const RANGE = 2 ** 32;

/**
 * Keeps a session at one target. Weighted rendezvous hashing (Thaler and Ravishankar, 1998; weights as -ln(u) / weight)
 * orders the targets for each session: when one goes, only its own sessions move, each to the next of its order. Bounded
 * loads (Mirrokni, Thorup and Zadimoghaddam, 2018): a target that has 1.25 times its share of the calls under way, and
 * at least 4, is passed over. Requests of no session go by turns.
 */
export const consistentHash = defineBalancer<HashState>({
  name: "consistent_hash",
  because: "sessions come back and prompts are cached; each session stays at its target while that is not overloaded",
  createState: () => ({ turns: noTurns(), hashes: emptyMemory() }),
  order(state, targets, { session, random }) {
    if (targets.length === 0) return [];
    const weights = usableWeights(targets);
    if (session === "") {
      const turn = takeTurn(state.turns, targets, weights, random);
      const order = orderByCost(turn, weights, (index) => owedMost(state.turns, index));
      return firstWithRoom(order, targets, weights);
    }
    recall(state.hashes, targets, ({ key }) => ({ hash: hashText(key) }));
    const own = hashText(session);
    const distances = weights.map((weight, index) =>
      distanceOf(own, (state.hashes.rows[index] as HashedKey).hash, weight),
    );
    const order = orderByCost(nearest(distances), weights, (index) => distances[index] as number);
    return firstWithRoom(order, targets, weights);
  },
});

function distanceOf(session: number, target: number, weight: number): number {
  if (weight === 0) return Number.POSITIVE_INFINITY;
  return -Math.log((hashPair(session, target) + 0.5) / RANGE) / weight;
}

function nearest(distances: readonly number[]): number {
  let best = 0;
  for (let index = 1; index < distances.length; index++) {
    if ((distances[index] as number) < (distances[best] as number)) best = index;
  }
  return best;
}

/** Moves the first target that is below its bound to the front. */
function firstWithRoom(order: number[], targets: readonly BalancedTarget[], weights: readonly number[]): number[] {
  let calls = 1;
  let total = 0;
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index] as number;
    if (weight === 0) continue;
    calls += outstandingOf(targets[index] as BalancedTarget);
    total += weight;
  }
  const place = order.findIndex((index) => {
    const bound = Math.max(LEAST_BOUND, Math.ceil((LOAD_BOUND * calls * (weights[index] as number)) / total));
    return (weights[index] as number) > 0 && outstandingOf(targets[index] as BalancedTarget) < bound;
  });
  if (place <= 0) return order;
  const pick = order[place] as number;
  order.copyWithin(1, 0, place);
  order[0] = pick;
  return order;
}
