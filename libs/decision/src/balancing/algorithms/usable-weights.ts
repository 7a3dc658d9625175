import type { BalancedTarget } from "./balancer.ts";

/**
 * Weights with which targets take part: 0 for those that have no weight or no headroom. Where none is left, headroom is
 * disregarded, and where no target has a weight, all have the same: a request is better tried than given up here.
 *
 * @returns one weight for each target, at least one of them above 0
 */
export function usableWeights(targets: readonly BalancedTarget[]): number[] {
  const weights: number[] = [];
  let any = false;
  for (const target of targets) {
    const weight = hasHeadroom(target) ? sound(target.weight) : 0;
    any ||= weight > 0;
    weights.push(weight);
  }
  return any ? weights : weightsWithoutHeadroom(targets);
}

function weightsWithoutHeadroom(targets: readonly BalancedTarget[]): number[] {
  const weights = targets.map((target) => sound(target.weight));
  return weights.some((weight) => weight > 0) ? weights : targets.map(() => 1);
}

function hasHeadroom(target: BalancedTarget): boolean {
  return target.requestHeadroom > 0 && target.tokenHeadroom > 0;
}

/** Weights are kept within bounds in which sums and quotients of them stay exact enough. */
const LEAST_WEIGHT = 1e-9;
const MOST_WEIGHT = 1e9;

function sound(weight: number): number {
  return weight > 0 ? Math.min(MOST_WEIGHT, Math.max(LEAST_WEIGHT, weight)) : 0;
}
