import { mixCriteria } from "../criteria.ts";
import type { Strategy } from "./strategy.ts";

/** The best for the task first; among equally good ones the cheaper. */
export const quality: Strategy = {
  name: "quality",
  because: "is predicted to answer best",
  score: ({ criteria }) => ({ scores: mixCriteria(criteria, { quality: 0.99, cost: 0.01 }) }),
};
