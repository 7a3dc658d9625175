import type { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { windowStart } from "@fairlead/decision/cost/budget-window";
import { MAX_OVERRUN } from "../budget-ledger.ts";
import type { BudgetHolds } from "../check-settlement.ts";
import type { BudgetRow, LeaseRow, LedgerTables, WindowRow } from "./ledger-tables.ts";

const EMPTY: WindowRow = { settled: 0n, leased: 0n, overrun: 0n };

/** What a settlement charged. */
export interface Charge {
  readonly charged: bigint;
  readonly overrun: bigint;
}

/** A window of a budget. */
interface WindowName {
  readonly kind: bigint;
  readonly start: bigint;
}

/** Moves amounts between leases and the books of windows. To be used within a transaction. */
export class Books {
  readonly #tables: LedgerTables;

  constructor(tables: LedgerTables) {
    this.#tables = tables;
  }

  of(budgetId: string, kind: bigint, start: bigint): WindowRow {
    return this.#tables.getWindow.get<WindowRow>(budgetId, kind, start) ?? EMPTY;
  }

  write(budgetId: string, kind: bigint, start: bigint, books: WindowRow): void {
    this.#tables.putWindow.run(budgetId, kind, start, books.settled, books.leased, books.overrun);
  }

  /**
   * Takes up to an amount from what is left of a lease, and charges up to a cost to the window in its place.
   *
   * @returns what was taken
   */
  take(lease: LeaseRow, amount: bigint, cost = 0n): bigint {
    const taken = least(amount, lease.unresolved);
    if (taken === lease.unresolved) this.#tables.deleteLease.run(lease.budget_id, lease.lease_id);
    else this.#tables.setUnresolved.run(lease.unresolved - taken, lease.budget_id, lease.lease_id);
    const books = this.of(lease.budget_id, lease.kind, lease.start);
    this.write(lease.budget_id, lease.kind, lease.start, {
      settled: books.settled + least(taken, cost),
      leased: books.leased - least(taken, books.leased),
      overrun: books.overrun,
    });
    return taken;
  }

  /** Resolves the holds of one budget and charges the cost: from the holds, then where there is room, else as overrun. */
  resolve(budget: BudgetRow, { budgetId, holds, cost }: BudgetHolds, now: number): Charge {
    let uncharged = cost;
    let window: WindowName | undefined;
    for (const hold of holds) {
      const lease = this.#tables.getLease.get<LeaseRow>(budgetId, hold.leaseId);
      if (lease !== undefined) uncharged -= least(this.take(lease, hold.amountNanoUsd, uncharged), uncharged);
      window = lease ?? windowOfHold(budget, hold.windowStartUnixSeconds, now);
    }
    if (uncharged === 0n || window === undefined) return { charged: cost, overrun: 0n };
    const overrun = this.#chargeWithoutHold(budgetId, window, budget.cap, uncharged);
    return { charged: cost - overrun, overrun };
  }

  /** Charges as much of a cost as the window has room for; the rest is overrun. */
  #chargeWithoutHold(budgetId: string, { kind, start }: WindowName, cap: bigint, cost: bigint): bigint {
    const books = this.of(budgetId, kind, start);
    const free = cap - books.settled - books.leased;
    const charge = free > 0n ? least(cost, free) : 0n;
    const overrun = cost - charge;
    this.write(budgetId, kind, start, {
      settled: books.settled + charge,
      leased: books.leased,
      overrun: books.overrun < MAX_OVERRUN ? books.overrun + overrun : books.overrun,
    });
    return overrun;
  }
}

/** A hold of the future can only be a mistake: it is taken for one of now. */
function windowOfHold(budget: BudgetRow, startSeconds: bigint, now: number): WindowName {
  const at = Math.min(Number(startSeconds) * 1_000, now);
  return { kind: budget.kind, start: BigInt(windowStart(Number(budget.kind) as BudgetWindow, at)) };
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
