import type { BalancedTarget } from "./balancer.ts";

/** Calls that a target has to do. A figure that cannot be is none. */
export function outstandingOf(target: BalancedTarget): number {
  const calls = target.active + target.queued;
  return calls > 0 && calls < Number.POSITIVE_INFINITY ? calls : 0;
}

/**
 * How loaded targets are for their weights: 1 for an idle one, else 1 + (calls + 1/2) / (weight / mean weight).
 *
 * Halves, because calls are whole: comparing (calls + 1/2) / weight favours neither large nor small weights (the method
 * of Webster and Sainte-Lague). Idle targets are alike whatever their weights, so that it goes by turns among them.
 */
export function relativeLoads(targets: readonly BalancedTarget[], weights: readonly number[]): number[] {
  let total = 0;
  let count = 0;
  for (const weight of weights) {
    total += weight;
    if (weight > 0) count++;
  }
  const mean = total / count;
  return targets.map((target, index) => {
    const calls = outstandingOf(target);
    const weight = weights[index] as number;
    return calls === 0 || weight === 0 ? 1 : 1 + ((calls + 0.5) * mean) / weight;
  });
}
