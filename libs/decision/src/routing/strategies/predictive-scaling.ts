import { mixCriteria, type Weights } from "../criteria.ts";
import { between } from "./between-weights.ts";
import type { Strategy } from "./strategy.ts";

const AMPLE: Weights = { cost: 0.15, quality: 0.55, latency: 0.15, reliability: 0.15 };
const TIGHT: Weights = { cost: 0.7, quality: 0.1, latency: 0, reliability: 0.1, load: 0.1 };
/** Expected share of the limit up to which nothing is saved, and from which on all is. */
const EXPECTED = { ample: 0.8, tight: 1.2 } as const;

/** Saves as soon as the forecast of a budget's window says that its limit will be reached, not when it is. */
export const predictiveScaling: Strategy = {
  name: "predictive_scaling",
  because: "suits what the budget's window is forecast to cost",
  score({ criteria, situation }) {
    const { budgetExpected, budgetUsed } = situation();
    const expected = budgetExpected ?? budgetUsed;
    const weights = between(AMPLE, TIGHT, (expected - EXPECTED.ample) / (EXPECTED.tight - EXPECTED.ample));
    const adjustments = [`Cost counts ${Math.round((weights.cost ?? 0) * 100)} % with ${Math.round(expected * 100)} % of the budget expected by its end.`];
    return { scores: mixCriteria(criteria, weights), weights, adjustments };
  },
};
