import { mixCriteria } from "../criteria.ts";
import type { Strategy } from "./strategy.ts";

/** The one that fails least first; among equals the better. */
export const reliability: Strategy = {
  name: "reliability",
  because: "fails least",
  score: ({ criteria }) => ({ scores: mixCriteria(criteria, { reliability: 0.95, quality: 0.05 }) }),
};
