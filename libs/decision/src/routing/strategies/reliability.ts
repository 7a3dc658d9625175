import type { Strategy } from "./strategy.ts";

/** The one that fails least first; among equally reliable ones the better. */
export const reliability: Strategy = {
  name: "reliability",
  because: "has failed least of late",
  score: (criteria) => 0.99 * criteria.reliability + 0.01 * criteria.quality,
};
