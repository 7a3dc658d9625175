import type { Hold } from "@fairlead/contracts/cost/v1/budget";
import { MAX_COST, type Settlement } from "./budget-ledger.ts";

/** Holds of one budget, in their order, and what it bears of the cost. */
export interface BudgetHolds {
  readonly budgetId: string;
  readonly cost: bigint;
  readonly holds: readonly Hold[];
}

/**
 * Splits a settlement by budget.
 *
 * @throws RangeError when an amount is outside of 0 to 10^18, which could upset the books
 */
export function holdsByBudget(settlement: Settlement): BudgetHolds[] {
  checkAmount(settlement.cost);
  const byBudget = new Map<string, Hold[]>();
  for (const hold of settlement.holds) {
    checkAmount(hold.amountNanoUsd);
    const same = byBudget.get(hold.budgetId);
    if (same === undefined) byBudget.set(hold.budgetId, [hold]);
    else same.push(hold);
  }
  return Array.from(byBudget, ([budgetId, holds]) => {
    const cost = settlement.costByBudget?.get(budgetId) ?? settlement.cost;
    checkAmount(cost);
    return { budgetId, holds, cost };
  });
}

function checkAmount(amount: bigint): void {
  if (amount < 0n || amount > MAX_COST) throw new RangeError("an amount is outside of 0 to 10^18 nano-dollars");
}
