import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Budget,
  type BudgetState,
  BudgetStateSchema,
  type BudgetWindow,
  type Lease,
  LeaseSchema,
} from "@fairlead/contracts/cost/v1/budget";
import { windowEnd } from "@fairlead/decision/cost/budget-window";

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
export function leaseOf(request: LeaseFacts, window: LeaseWindow, amount: bigint): Lease {
  const endsIn = windowEnd(window.kind, window.startMs) - request.now;
  return create(LeaseSchema, {
    leaseId: request.leaseId,
    budgetId: request.budgetId,
    windowStart: timestampFromMs(window.startMs),
    amountNanoUsd: amount,
    validFor: durationFromMs(request.validForMs),
    windowEndsIn: durationFromMs(Math.max(0, endsIn)),
  });
}

interface LeaseFacts {
  readonly leaseId: string;
  readonly budgetId: string;
  readonly validForMs: number;
  /** Unix milliseconds. */
  readonly now: number;
}

/** The window of a budget that a lease is a share of. */
interface LeaseWindow {
  readonly kind: BudgetWindow;
  /** Unix milliseconds. */
  readonly startMs: number;
}
