import { contextKey } from "@fairlead/decision/learning/learned-state";
import type { RewardWeights } from "@fairlead/decision/learning/learning-options";
import { scaleRewards, weighReward } from "@fairlead/decision/learning/weigh-reward";
import { mean } from "simple-statistics";
import type { Arrival } from "./replay.ts";

/** What models bring on the whole, in each context, known only in hindsight. */
export interface RewardTable {
  rewardOf(arrival: Arrival, chosen: number): number;
  /** What is missing to the context's best model. */
  regretOf(arrival: Arrival, chosen: number): number;
  /** Place of the context's best model. */
  bestOf(arrival: Arrival): number;
}

/** Works out the mean reward of each model in each context over all requests. */
export function tabulateRewards(arrivals: readonly Arrival[], weights: RewardWeights): RewardTable {
  const groups = Map.groupBy(arrivals, ({ context }) => contextKey(context));
  const table = new Map([...groups].map(([key, own]) => [key, rewardsOf(own, weights)]));
  const rowOf = ({ context }: Arrival) => table.get(contextKey(context)) as number[];
  return {
    rewardOf: (arrival, chosen) => rowOf(arrival)[chosen] as number,
    regretOf: (arrival, chosen) => Math.max(...rowOf(arrival)) - (rowOf(arrival)[chosen] as number),
    bestOf: (arrival) => rowOf(arrival).indexOf(Math.max(...rowOf(arrival))),
  };
}

function rewardsOf(arrivals: readonly Arrival[], weights: RewardWeights): number[] {
  const [first] = arrivals as [Arrival];
  const figures = first.results.map((_, model) => ({
    quality: mean(arrivals.map(({ results }) => results[model]?.correct ?? 0)),
    costNanoUsd: mean(arrivals.map(({ results }) => results[model]?.costNanoUsd ?? 0)),
    latencyMs: mean(arrivals.map(({ results }) => results[model]?.latencyMs ?? 0)),
  }));
  const scale = scaleRewards(figures);
  return figures.map((one) => weighReward(one, scale, weights));
}
