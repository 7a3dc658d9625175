import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { CostMetrics } from "./metrics.ts";

/** The same ledger, with its operations counted and timed. */
export function meterLedger(ledger: BudgetLedger, metrics: Pick<CostMetrics, "ledgerUsed">): BudgetLedger {
  const metered = async <T>(operation: string, work: Promise<T>): Promise<T> => {
    const begun = performance.now();
    let failed = true;
    try {
      const result = await work;
      failed = false;
      return result;
    } finally {
      metrics.ledgerUsed(operation, failed, (performance.now() - begun) / 1_000);
    }
  };
  return {
    putBudget: (budget) => metered("put_budget", ledger.putBudget(budget)),
    deleteBudget: (budgetId, now) => metered("delete_budget", ledger.deleteBudget(budgetId, now)),
    listBudgets: () => metered("list_budgets", ledger.listBudgets()),
    states: (now, budgetIds) => metered("read_states", ledger.states(now, budgetIds)),
    grant: (request) => metered("grant", ledger.grant(request)),
    returnLease: (request) => metered("return_lease", ledger.returnLease(request)),
    settle: (settlement) => metered("settle", ledger.settle(settlement)),
    sweep: (now) => metered("sweep", ledger.sweep(now)),
  };
}
