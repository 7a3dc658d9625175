import type { Budget, BudgetState, Hold, Lease } from "@fairlead/contracts/cost/v1/budget";

/** Asks for a share of a budget's current window. Amounts are nano-dollars, times unix milliseconds. */
export interface GrantRequest {
  readonly budgetId: string;
  /** New unique name; the same name again gets the same lease. */
  readonly leaseId: string;
  /** Process that will hold it. */
  readonly holder: string;
  /** The least that is of use; zero counts as one. */
  readonly minimum: bigint;
  readonly wanted: bigint;
  readonly now: number;
  /** Milliseconds from its issue in which the lease may be reserved from. */
  readonly validForMs: number;
  /** Milliseconds after that in which its holds may still be settled; then the sweep takes what is left. */
  readonly holdForMs: number;
}

/** What became of the asking. */
export type GrantOutcome =
  | { readonly kind: "granted"; readonly lease: Lease }
  | {
      readonly kind: "refused";
      /** What is neither settled, handed out nor overrun; negative after the limit was lowered. */
      readonly remaining: bigint;
      /** Handed out and not yet resolved: may come back. */
      readonly leased: bigint;
      /** When the next window starts, in unix milliseconds. */
      readonly windowEnd: number;
    }
  /** No such budget, or one that bounds single requests and needs no ledger. */
  | { readonly kind: "unknown_budget" };

/** Gives back what of a lease was never reserved. */
export interface LeaseReturn {
  readonly budgetId: string;
  readonly leaseId: string;
  readonly unused: bigint;
}

/** Tells what a request cost in the end, and what had been held for it. */
export interface Settlement {
  readonly eventId: string;
  readonly holds: readonly Hold[];
  /** Nano-dollars, 0 to 10^18; charged whole to each budget that is held against and has no cost of its own below. */
  readonly cost: bigint;
  /** What of the cost is that of a budget, by its id: budgets of one provider or model bear only their part. */
  readonly costByBudget?: ReadonlyMap<string, bigint> | undefined;
  readonly now: number;
}

/** What a settlement did to one budget. */
export interface SettleOutcome {
  readonly budgetId: string;
  readonly kind: "settled" | "duplicate" | "unknown_budget";
  /** Added to the settled spend. */
  readonly charged: bigint;
  /** What the window had no room for, added to its overrun. */
  readonly overrun: bigint;
}

/** What a sweep released. */
export interface SweepOutcome {
  readonly leases: number;
  readonly amount: bigint;
}

/**
 * The books of budgets. Each operation is atomic for each budget, whatever the number of processes, and
 * settled + leased never passes the limit: a lease is only granted where there is room, and a settlement only charges
 * what it takes from a lease or finds room for. (A limit lowered below what is gone already grants nothing.)
 *
 * All methods reject with StateError.
 */
export interface BudgetLedger {
  /** Creates or changes a budget; what is settled and leased stays. Rejects with `full` at 10,000 budgets. */
  putBudget(budget: Budget): Promise<void>;
  /** Removes a budget with its leases and the books of the window that `now` falls into; false when there was none. */
  deleteBudget(budgetId: string, now: number): Promise<boolean>;
  /** All budgets, by id. */
  listBudgets(): Promise<Budget[]>;
  /** Budgets with the state of the window that `now` falls into, by id. Unknown ids are left out. */
  states(now: number, budgetIds?: readonly string[]): Promise<BudgetState[]>;
  /** Takes a share out of a budget. */
  grant(request: GrantRequest): Promise<GrantOutcome>;
  /** Frees `unused`, at most what the lease still holds, once for each lease. Resolves to what was freed. */
  returnLease(request: LeaseReturn): Promise<bigint>;
  /** Resolves holds and charges the cost, once for each event and budget. One outcome a budget. */
  settle(settlement: Settlement): Promise<SettleOutcome[]>;
  /** Releases what is left of leases whose hold time has passed. */
  sweep(now: number): Promise<SweepOutcome>;
}

/** How many budgets a ledger keeps. */
export const MAX_BUDGETS = 10_000;
/** How many unresolved leases of one budget a ledger keeps; above it nothing is granted. */
export const MAX_LEASES_PER_BUDGET = 50_000;
/** Nano-dollars that one settlement may be about. */
export const MAX_COST = 1_000_000_000_000_000_000n;
/** An overrun that has passed this is not added to, so that the books stay within 64 bits. */
export const MAX_OVERRUN = 4_000_000_000_000_000_000n;
/** How long an event is remembered, so that it is settled once: 6 h. */
export const DEFAULT_REMEMBER_MS = 21_600_000;
