import { mixCriteria } from "../criteria.ts";
import type { Strategy } from "./strategy.ts";

/** Those that have room and do not fail, each in proportion to how much room it has. */
export const loadBalanced: Strategy = {
  name: "load_balanced",
  because: "was drawn in proportion to its room",
  spread: true,
  score: ({ criteria }) => ({ scores: mixCriteria(criteria, { load: 0.8, reliability: 0.2 }) }),
};
