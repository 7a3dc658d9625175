import { mixStretched } from "../criteria.ts";
import type { Strategy } from "./strategy.ts";

const WEIGHTS = { cost: 0.5, latency: 0.5 } as const;

/** Low cost and low latency in equal parts, each between the worst and the best that can be had. */
export const costSpeedBalance: Strategy = {
  name: "cost_speed_balance",
  because: "has the best balance of cost (50 %) and speed (50 %)",
  score: ({ criteria }) => ({ scores: mixStretched(criteria, WEIGHTS), weights: WEIGHTS }),
};
