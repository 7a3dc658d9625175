import { create } from "@bufbuild/protobuf";
import {
  type ReturnLeaseRequest,
  type ReturnLeaseResponse,
  ReturnLeaseResponseSchema,
} from "@fairlead/contracts/cost/v1/cost_service";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { CostBook } from "../cost-book.ts";
import { fromStore } from "../store-failure.ts";

/** What the handler takes. */
export interface ReturnLeasePorts {
  readonly ledger: BudgetLedger;
  readonly book: Pick<CostBook, "touch">;
}

/** Serves ReturnLease. A lease that is not known, or no longer, is taken as returned. */
export function returnLease({ ledger, book }: ReturnLeasePorts) {
  return async ({ budgetId, leaseId, unusedNanoUsd }: ReturnLeaseRequest): Promise<ReturnLeaseResponse> => {
    const freed = await fromStore(ledger.returnLease({ budgetId, leaseId, unused: unusedNanoUsd }));
    if (freed > 0n) book.touch(budgetId);
    return create(ReturnLeaseResponseSchema);
  };
}
