import type { CriteriaWeights } from "@fairlead/contracts/routing/v1/routing_policy";
import type { Strategy } from "./strategy.ts";

/** Weights used where a request gives none: quality first, then cost, then speed. */
const DEFAULT_WEIGHTS = { cost: 0.3, latency: 0.2, quality: 0.35, reliability: 0.15 } as const;

type Weights = Pick<CriteriaWeights, "cost" | "latency" | "quality" | "reliability">;

/** The best weighted mean of all criteria first. */
export const weightedComposite: Strategy = {
  name: "weighted_composite",
  because: "has the best balance of cost, speed, quality and reliability",
  score(criteria, { weights }) {
    const used: Weights = weights ?? DEFAULT_WEIGHTS;
    const sum = used.cost + used.latency + used.quality + used.reliability;
    if (sum === 0) return this.score(criteria, { weights: undefined });
    const product =
      used.cost * criteria.cost +
      used.latency * criteria.latency +
      used.quality * criteria.quality +
      used.reliability * criteria.reliability;
    return product / sum;
  },
};
