import { mixCriteria } from "../criteria.ts";
import type { Strategy } from "./strategy.ts";

/** Only what the request names: its model, then its fallback models in their order. */
export const manual: Strategy = {
  name: "manual",
  because: "was asked for by name",
  pinned: true,
  score: ({ criteria }) => ({ scores: mixCriteria(criteria, { reliability: 1 }) }),
};
