import { mixCriteria } from "../criteria.ts";
import type { Strategy } from "./strategy.ts";

/** The fastest first. */
export const speed: Strategy = {
  name: "speed",
  because: "is predicted to answer first",
  score: ({ criteria }) => ({ scores: mixCriteria(criteria, { latency: 1 }) }),
};
