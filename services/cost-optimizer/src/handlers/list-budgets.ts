import { create } from "@bufbuild/protobuf";
import type { BudgetState } from "@fairlead/contracts/cost/v1/budget";
import {
  type ListBudgetsRequest,
  type ListBudgetsResponse,
  ListBudgetsResponseSchema,
} from "@fairlead/contracts/cost/v1/cost_service";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import { fromStore } from "../store-failure.ts";

/** What the handler takes. */
export interface ListBudgetsPorts {
  readonly ledger: BudgetLedger;
  /** Adds to a state what the ledger does not know. */
  readonly complete: (state: BudgetState) => BudgetState;
  readonly now: () => number;
}

/** Serves ListBudgets, from the ledger itself. */
export function listBudgets({ ledger, complete, now }: ListBudgetsPorts) {
  return async ({ tenant }: ListBudgetsRequest): Promise<ListBudgetsResponse> => {
    const budgets = await fromStore(ledger.states(now()));
    const asked = tenant === "" ? budgets : budgets.filter(({ budget }) => budget?.scope?.tenant === tenant);
    return create(ListBudgetsResponseSchema, { budgets: asked.map(complete) });
  };
}
