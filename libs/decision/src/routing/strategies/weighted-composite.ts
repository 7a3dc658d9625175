import { adjustWeights, scaled } from "../adjust-weights.ts";
import { CRITERIA, mixCriteria, type Weights } from "../criteria.ts";
import type { Strategy, StrategyInput } from "./strategy.ts";

/** Weights used where a request gives none: ten times the price has to be worth some three points of quality. */
const DEFAULT_WEIGHTS: Weights = { cost: 0.08, latency: 0.04, quality: 0.8, reliability: 0.08 };

/** The best weighted mean of all criteria first. Weights that a request gives are taken as they are. */
export const weightedComposite: Strategy = {
  name: "weighted_composite",
  because: "has the best balance of cost, speed, quality and reliability",
  score(input) {
    const { weights, adjustments } = weightsOf(input);
    return { scores: mixCriteria(input.criteria, weights), weights, adjustments };
  },
};

function weightsOf({ weights, situation, weightBound }: StrategyInput): { weights: Weights; adjustments: readonly string[] } {
  const given: Weights = weights ?? {};
  if (CRITERIA.some((name) => (given[name] ?? 0) > 0)) return { weights: scaled(given), adjustments: [] };
  return adjustWeights(DEFAULT_WEIGHTS, situation(), weightBound);
}
