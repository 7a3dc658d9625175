import { mixCriteria, type Weights } from "../criteria.ts";
import { between } from "./between-weights.ts";
import type { Strategy } from "./strategy.ts";

const PLENTY: Weights = { cost: 0.15, quality: 0.6, latency: 0.1, reliability: 0.15 };
const SCARCE: Weights = { cost: 0.85, quality: 0.05, latency: 0, reliability: 0.1 };

/** Quality while a budget has room, and more and more cost as it runs out. */
export const budgetAware: Strategy = {
  name: "budget_aware",
  because: "suits what is left of the budget",
  score({ criteria, situation }) {
    const { budgetUsed } = situation();
    const weights = between(PLENTY, SCARCE, budgetUsed);
    const adjustments = [`Cost counts ${Math.round((weights.cost ?? 0) * 100)} % with ${Math.round(budgetUsed * 100)} % of the budget used.`];
    return { scores: mixCriteria(criteria, weights), weights, adjustments };
  },
};
