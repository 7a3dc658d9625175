import { mixCriteria } from "../criteria.ts";
import type { Strategy } from "./strategy.ts";

/** The cheapest first; among equally cheap ones the better. */
export const cost: Strategy = {
  name: "cost",
  because: "is predicted to cost least",
  score: ({ criteria }) => ({ scores: mixCriteria(criteria, { cost: 0.99, quality: 0.01 }) }),
};
