import type { Budget } from "@fairlead/contracts/cost/v1/budget";
import { findStrategy, STRATEGY_NAMES } from "../routing/strategies/all-strategies.ts";
import { ECONOMY_PERCENT, EMERGENCY_PERCENT } from "./budget-level.ts";

/** What is wrong with a budget. */
export interface BudgetFinding {
  /** Field of the budget, as the contract names it. */
  readonly field: "alert_percents" | "economy_strategy" | "emergency_percent";
  /** What was expected. */
  readonly expected: string;
}

/** What a budget's fields say that does not go together; undefined where nothing is wrong. */
export function checkBudget(budget: Budget): BudgetFinding | undefined {
  const { alertPercents, economyStrategy, economyPercent, emergencyPercent } = budget;
  if (alertPercents.some((percent, position) => position > 0 && percent <= (alertPercents[position - 1] ?? 0))) {
    return { field: "alert_percents", expected: "expected percents that rise" };
  }
  if (economyStrategy !== "" && findStrategy(economyStrategy) === undefined) {
    return { field: "economy_strategy", expected: `expected one of ${STRATEGY_NAMES.join(", ")}` };
  }
  if ((emergencyPercent || EMERGENCY_PERCENT) < (economyPercent || ECONOMY_PERCENT)) {
    return { field: "emergency_percent", expected: "expected at least the economy percent" };
  }
  return undefined;
}
