import type { RewardWeights } from "./learning-options.ts";

/** What a reward is made of. */
export interface RewardFigures {
  readonly quality: number;
  readonly costNanoUsd: number;
  readonly latencyMs: number;
}

/** The least of each figure among the arms: what the others are compared with. Positive. */
export interface RewardScale {
  readonly costNanoUsd: number;
  readonly latencyMs: number;
}

/** Times the cheapest and the fastest at which cost and latency score nothing. */
const WORST_COST = Math.log(1_000);
const WORST_LATENCY = Math.log(100);

/** Below this a figure is nothing, and nothing is a multiple of it. */
const LEAST = 1e-6;

/** Finds what to compare with. Beside free arms, the cheapest that costs something counts as twice as dear as they. */
export function scaleRewards(arms: readonly RewardFigures[]): RewardScale {
  let cheapest = Number.POSITIVE_INFINITY;
  let fastest = Number.POSITIVE_INFINITY;
  let free = false;
  for (const { costNanoUsd, latencyMs } of arms) {
    if (costNanoUsd > LEAST) cheapest = Math.min(cheapest, costNanoUsd);
    else free = true;
    if (latencyMs > LEAST) fastest = Math.min(fastest, latencyMs);
  }
  const cost = free ? cheapest / 2 : cheapest;
  return { costNanoUsd: Number.isFinite(cost) ? cost : 1, latencyMs: Number.isFinite(fastest) ? fastest : 1 };
}

/**
 * Weighs quality, cost and latency into a reward of 0 to 1. Cost and latency count by the logarithm of their ratio to the
 * least, because models' prices span three orders of magnitude: from 0.1 to 1 cent is as much as from 1 to 10.
 */
export function weighReward(figures: RewardFigures, scale: RewardScale, weights: RewardWeights): number {
  const sum = weights.quality + weights.cost + weights.latency;
  if (!(sum > 0)) return figures.quality;
  const cost = lessIsMore(figures.costNanoUsd / scale.costNanoUsd, WORST_COST);
  const latency = lessIsMore(figures.latencyMs / scale.latencyMs, WORST_LATENCY);
  return (weights.quality * figures.quality + weights.cost * cost + weights.latency * latency) / sum;
}

function lessIsMore(ratio: number, worst: number): number {
  return ratio <= 1 ? 1 : Math.max(0, 1 - Math.log(ratio) / worst);
}
