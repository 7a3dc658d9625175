import { create } from "@bufbuild/protobuf";
import {
  type DeleteBudgetRequest,
  type DeleteBudgetResponse,
  DeleteBudgetResponseSchema,
} from "@fairlead/contracts/cost/v1/cost_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { CostBook } from "../cost-book.ts";
import { fromStore } from "../store-failure.ts";

/** What the handler takes. */
export interface DeleteBudgetPorts {
  readonly ledger: BudgetLedger;
  readonly book: Pick<CostBook, "readNow">;
  /** Budgets that the configuration says are there. */
  readonly configuredIds: ReadonlySet<string>;
  readonly now: () => number;
}

/** Serves DeleteBudget; watchers are told at once. */
export function deleteBudget({ ledger, book, configuredIds, now }: DeleteBudgetPorts) {
  return async ({ budgetId }: DeleteBudgetRequest): Promise<DeleteBudgetResponse> => {
    if (configuredIds.has(budgetId)) {
      throw failure(ErrorCode.CONFLICT, "This budget is part of the configuration and can only be removed there.");
    }
    await fromStore(ledger.deleteBudget(budgetId, now()));
    await fromStore(book.readNow(budgetId));
    return create(DeleteBudgetResponseSchema);
  };
}
