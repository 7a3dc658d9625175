import { BudgetLevel, type BudgetState } from "@fairlead/contracts/cost/v1/budget";
import { hasReached, spentOf } from "./spent-of.ts";

/** Percent from which on the economy strategy is used where a budget says nothing. */
export const ECONOMY_PERCENT = 85;
/** Percent from which on requests of low priority are throttled where a budget says nothing. */
export const EMERGENCY_PERCENT = 95;

/**
 * How much of a budget is gone, from settled spend and overrun (not from what is leased). Within a window spend only grows,
 * so the level only rises until the window ends or the limit is raised.
 *
 * Exhausted means that nothing is left at all. A request that no longer fits is refused before that, for want of a lease.
 */
export function budgetLevel(state: BudgetState): BudgetLevel {
  const { budget } = state;
  if (budget === undefined) return BudgetLevel.NORMAL;
  const { limitNanoUsd, economyPercent, emergencyPercent } = budget;
  const spent = spentOf(state);
  if (hasReached(spent, limitNanoUsd, 100)) return BudgetLevel.EXHAUSTED;
  if (hasReached(spent, limitNanoUsd, emergencyPercent || EMERGENCY_PERCENT)) return BudgetLevel.EMERGENCY;
  if (hasReached(spent, limitNanoUsd, economyPercent || ECONOMY_PERCENT)) return BudgetLevel.ECONOMY;
  return BudgetLevel.NORMAL;
}
