import { mixStretched } from "../criteria.ts";
import type { Strategy } from "./strategy.ts";

const WEIGHTS = { cost: 0.6, quality: 0.4 } as const;

/** Three parts low cost, two parts high quality, each between the worst and the best that can be had. */
export const costQualityBalance: Strategy = {
  name: "cost_quality_balance",
  because: "has the best balance of cost (60 %) and quality (40 %)",
  score: ({ criteria }) => ({ scores: mixStretched(criteria, WEIGHTS), weights: WEIGHTS }),
};
