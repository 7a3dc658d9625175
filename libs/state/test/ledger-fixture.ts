import { create } from "@bufbuild/protobuf";
import { type Budget, BudgetSchema, BudgetWindow, type Hold, HoldSchema, type Lease } from "@fairlead/contracts/cost/v1/budget";
import type { BudgetLedger, GrantOutcome } from "../src/budget-ledger.ts";

export const NOON = Date.parse("2026-03-04T12:00:00Z");
export const VALID_MS = 30_000;
export const HOLD_MS = 600_000;

/** The books of a window as numbers, for amounts that are small. */
export interface Books {
  readonly settled: bigint;
  readonly leased: bigint;
  readonly overrun: bigint;
}

export function dayBudget(budgetId: string, limitNanoUsd: bigint, window = BudgetWindow.DAY): Budget {
  return create(BudgetSchema, { budgetId, scope: { tenant: "acme" }, window, limitNanoUsd });
}

/** Asks a ledger for a lease. */
export function ask(
  ledger: BudgetLedger,
  budgetId: string,
  leaseId: string,
  amount: bigint,
  now = NOON,
  minimum = amount,
): Promise<GrantOutcome> {
  return ledger.grant({
    budgetId,
    leaseId,
    holder: "router-1",
    minimum,
    wanted: amount,
    now,
    validForMs: VALID_MS,
    holdForMs: HOLD_MS,
  });
}

/** A lease that must be granted. */
export async function granted(outcome: Promise<GrantOutcome>): Promise<Lease> {
  const result = await outcome;
  if (result.kind !== "granted") throw new Error(`the lease was not granted: ${result.kind}`);
  return result.lease;
}

export function holdOn(lease: Lease, amountNanoUsd: bigint): Hold {
  const { leaseId, budgetId } = lease;
  return create(HoldSchema, {
    leaseId,
    budgetId,
    windowStartUnixSeconds: lease.windowStart?.seconds ?? 0n,
    amountNanoUsd,
  });
}

export async function booksOf(ledger: BudgetLedger, budgetId: string, now = NOON): Promise<Books> {
  const [state] = await ledger.states(now, [budgetId]);
  if (state === undefined) throw new Error(`no budget ${budgetId}`);
  return { settled: state.settledNanoUsd, leased: state.leasedNanoUsd, overrun: state.overrunNanoUsd };
}
