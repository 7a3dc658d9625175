import type { BalancedTarget, BalanceInput } from "./balancer.ts";
import { type SmoothTurns, takeTurn } from "./smooth-turns.ts";

/**
 * Takes the cheaper of two targets: one whose turn it is by weight and one drawn by weight. Two choices come close to
 * the best of all (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001), and processes that
 * decide on the same old figures do not all run to the same target. Where costs are equal it goes by turns, so that
 * shares are exact while targets do not differ.
 *
 * @returns index of the pick
 */
export function chooseOfTwo(
  turns: SmoothTurns,
  targets: readonly BalancedTarget[],
  weights: readonly number[],
  costs: readonly number[],
  random: BalanceInput["random"],
): number {
  const first = takeTurn(turns, targets, weights, random);
  const second = drawOther(weights, first, turns.total, random);
  return second >= 0 && (costs[second] as number) < (costs[first] as number) ? second : first;
}

/** Draws by weight among all but one. -1: there is no other. */
function drawOther(weights: readonly number[], taken: number, total: number, random: () => number): number {
  let left = random() * (total - (weights[taken] as number));
  let last = -1;
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index] as number;
    if (index === taken || weight === 0) continue;
    last = index;
    left -= weight;
    if (left < 0) return index;
  }
  return last;
}
