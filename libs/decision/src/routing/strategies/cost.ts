import type { Strategy } from "./strategy.ts";

/** The cheapest first; among equally cheap ones the better. */
export const cost: Strategy = {
  name: "cost",
  because: "is predicted to cost least",
  score: (criteria) => 0.99 * criteria.cost + 0.01 * criteria.quality,
};
