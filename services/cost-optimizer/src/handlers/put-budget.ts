import { create } from "@bufbuild/protobuf";
import {
  type PutBudgetRequest,
  type PutBudgetResponse,
  PutBudgetResponseSchema,
} from "@fairlead/contracts/cost/v1/cost_service";
import { checkBudget } from "@fairlead/decision/cost/check-budget";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { CostBook } from "../cost-book.ts";
import { fromStore } from "../store-failure.ts";

/** What the handler takes. */
export interface PutBudgetPorts {
  readonly ledger: BudgetLedger;
  readonly book: Pick<CostBook, "readNow">;
}

/** Serves PutBudget; watchers are told at once. */
export function putBudget({ ledger, book }: PutBudgetPorts) {
  return async ({ budget }: PutBudgetRequest): Promise<PutBudgetResponse> => {
    if (budget === undefined) throw invalidField("budget", "is required", "required");
    const finding = checkBudget(budget);
    if (finding !== undefined) throw invalidField(`budget.${finding.field}`, finding.expected);
    await fromStore(ledger.putBudget(budget));
    const state = await fromStore(book.readNow(budget.budgetId));
    return create(PutBudgetResponseSchema, state === undefined ? {} : { budget: state });
  };
}
