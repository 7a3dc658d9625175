import { mean, standardDeviation } from "simple-statistics";
import type { Step } from "./replay.ts";
import type { RewardTable } from "./reward-table.ts";

/** What requests came to. */
export interface Measured {
  readonly accuracy: number;
  /** Dollars for a thousand calls. */
  readonly costPerThousand: number;
  /** Dollars for a thousand right answers. */
  readonly costPerThousandRight: number;
  readonly latencyMs: number;
  /** Mean reward that the chosen models bring in the contexts of the requests. */
  readonly reward: number;
  /** Mean reward that is missing to the best model of each context. */
  readonly regret: number;
  readonly explored: number;
}

/** Adds up requests. */
export function measureSteps(steps: readonly Step[], rewards: RewardTable): Measured {
  const right = steps.reduce((sum, { result }) => sum + result.correct, 0);
  const dollars = steps.reduce((sum, { result }) => sum + result.costNanoUsd, 0) / 1e9;
  return {
    accuracy: right / steps.length,
    costPerThousand: (1_000 * dollars) / steps.length,
    costPerThousandRight: (1_000 * dollars) / right,
    latencyMs: mean(steps.map(({ result }) => result.latencyMs)),
    reward: mean(steps.map(({ arrival, chosen }) => rewards.rewardOf(arrival, chosen))),
    regret: mean(steps.map(({ arrival, chosen }) => rewards.regretOf(arrival, chosen))),
    explored: mean(steps.map(({ exploring }) => (exploring ? 1 : 0))),
  };
}

/** A mean over passes with its 95 % interval. */
export interface Interval {
  readonly mean: number;
  readonly half: number;
}

/** The mean of independent passes; the interval by the normal distribution, which 20 passes and more allow. */
export function intervalOf(values: readonly number[]): Interval {
  return {
    mean: mean([...values]),
    half: values.length < 2 ? 0 : (1.96 * standardDeviation([...values])) / Math.sqrt(values.length - 1),
  };
}
