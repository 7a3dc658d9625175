import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Budget,
  type BudgetState,
  BudgetStateSchema,
  type Lease,
  LeaseSchema,
} from "@fairlead/contracts/cost/v1/budget";

/** The books of one window in nano-dollars. */
export interface WindowBooks {
  readonly settled: bigint;
  readonly leased: bigint;
  readonly overrun: bigint;
}

/** A budget's state as the contract has it. */
export function budgetState(budget: Budget, windowStartMs: number, books: WindowBooks): BudgetState {
  return create(BudgetStateSchema, {
    budget,
    windowStart: timestampFromMs(windowStartMs),
    settledNanoUsd: books.settled,
    leasedNanoUsd: books.leased,
    overrunNanoUsd: books.overrun,
  });
}

/** A lease as the contract has it. */
export function leaseOf(request: LeaseFacts, windowStartMs: number, amount: bigint): Lease {
  return create(LeaseSchema, {
    leaseId: request.leaseId,
    budgetId: request.budgetId,
    windowStart: timestampFromMs(windowStartMs),
    amountNanoUsd: amount,
    validFor: durationFromMs(request.validForMs),
  });
}

interface LeaseFacts {
  readonly leaseId: string;
  readonly budgetId: string;
  readonly validForMs: number;
}
