import type { Strategy } from "./strategy.ts";

/** The best at this kind of task first; among equally good ones the cheaper. */
export const quality: Strategy = {
  name: "quality",
  because: "is strongest at this kind of task",
  score: (criteria) => 0.99 * criteria.quality + 0.01 * criteria.cost,
};
