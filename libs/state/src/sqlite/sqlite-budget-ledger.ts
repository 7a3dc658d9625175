import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Budget, BudgetSchema, type BudgetState, BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { windowEnd, windowStart } from "@fairlead/decision/cost/budget-window";
import { sizeLease } from "@fairlead/decision/cost/size-lease";
import {
  type BudgetLedger,
  DEFAULT_REMEMBER_MS,
  type GrantOutcome,
  type GrantRequest,
  type LeaseReturn,
  MAX_BUDGETS,
  MAX_LEASES_PER_BUDGET,
  type Settlement,
  type SettleOutcome,
  type SweepOutcome,
} from "../budget-ledger.ts";
import { holdsByBudget } from "../check-settlement.ts";
import { budgetState, leaseOf } from "../make-state.ts";
import { StateError } from "../state-error.ts";
import { Books } from "./books.ts";
import type { Database } from "./database.ts";
import { type BudgetRow, type LeaseRow, type LedgerTables, ledgerTables } from "./ledger-tables.ts";

const KINDS = [BudgetWindow.HOUR, BudgetWindow.DAY, BudgetWindow.WEEK, BudgetWindow.MONTH] as const;
const LEASES_AT_ONCE = 500;
const EVENTS_AT_ONCE = 5_000;
/** A window's books are kept for 71 days from its start, for settlements that come late. */
const KEEP_WINDOWS_MS = 6_134_400_000;

/** The books in SQLite. */
export class SqliteBudgetLedger implements BudgetLedger {
  readonly #database: Database;
  readonly #tables: LedgerTables;
  readonly #books: Books;
  readonly #rememberMs: number;
  /** Budgets that had too many leases at the last sweep: to count at each grant would cost more than the grant. */
  #crowded: ReadonlySet<string> = new Set();

  constructor(database: Database, rememberMs = DEFAULT_REMEMBER_MS) {
    this.#database = database;
    this.#tables = ledgerTables(database);
    this.#books = new Books(this.#tables);
    this.#rememberMs = rememberMs;
  }

  putBudget(budget: Budget): Promise<void> {
    const bytes = toBinary(BudgetSchema, budget);
    return this.#database.change(() => {
      const known = this.#tables.getBudget.get(budget.budgetId) !== undefined;
      const count = this.#tables.countBudgets.get<{ count: bigint }>()?.count ?? 0n;
      if (!known && count >= MAX_BUDGETS) throw new StateError("full", `${MAX_BUDGETS} budgets are kept already`);
      this.#tables.putBudget.run(budget.budgetId, budget.window, budget.limitNanoUsd, bytes);
    });
  }

  deleteBudget(budgetId: string, now: number): Promise<boolean> {
    return this.#database.change(() => {
      for (const kind of KINDS) this.#tables.deleteWindow.run(budgetId, kind, windowStart(kind, now));
      const [removed] = this.#tables.deleteBudget.map((statement) => statement.run(budgetId));
      return removed === 1;
    });
  }

  listBudgets(): Promise<Budget[]> {
    return this.#database.read(() => this.#tables.allBudgets.all<BudgetRow>().map(toBudget));
  }

  states(now: number, budgetIds?: readonly string[]): Promise<BudgetState[]> {
    return this.#database.read(() => {
      const rows = budgetIds === undefined ? this.#tables.allBudgets.all<BudgetRow>() : this.#rows(budgetIds);
      return rows.map((row) => {
        const budget = toBudget(row);
        const start = windowStart(budget.window, now);
        return budgetState(budget, start, this.#books.of(budget.budgetId, row.kind, BigInt(start)));
      });
    });
  }

  grant(request: GrantRequest): Promise<GrantOutcome> {
    return this.#database.change(() => this.#grant(request));
  }

  returnLease({ budgetId, leaseId, unused }: LeaseReturn): Promise<bigint> {
    return this.#database.change(() => {
      const lease = this.#tables.getLease.get<LeaseRow>(budgetId, leaseId);
      if (lease === undefined || lease.returned !== 0n || unused < 0n) return 0n;
      this.#tables.markReturned.run(budgetId, leaseId);
      return this.#books.take(lease, unused);
    });
  }

  async settle(settlement: Settlement): Promise<SettleOutcome[]> {
    const groups = holdsByBudget(settlement);
    if (groups.length === 0) return [];
    return this.#database.change(() =>
      groups.map((group): SettleOutcome => {
        const { budgetId } = group;
        const budget = this.#tables.getBudget.get<BudgetRow>(budgetId);
        if (budget === undefined || !inLedger(budget.kind)) {
          return { budgetId, kind: "unknown_budget", charged: 0n, overrun: 0n };
        }
        const { eventId, now } = settlement;
        const isNew = this.#tables.remember.run(budgetId, eventId, now + this.#rememberMs, now) > 0;
        if (!isNew) return { budgetId, kind: "duplicate", charged: 0n, overrun: 0n };
        return { budgetId, kind: "settled", ...this.#books.resolve(budget, group, now) };
      }),
    );
  }

  async sweep(now: number): Promise<SweepOutcome> {
    let leases = 0;
    let amount = 0n;
    for (let count = LEASES_AT_ONCE; count === LEASES_AT_ONCE; ) {
      const due = await this.#database.change(() => {
        const rows = this.#tables.dueLeases.all<LeaseRow>(now, LEASES_AT_ONCE);
        return rows.map((lease) => this.#books.take(lease, lease.unresolved));
      });
      count = due.length;
      leases += count;
      for (const freed of due) amount += freed;
    }
    await this.#forget(now);
    this.#crowded = await this.#database.read(() => {
      const rows = this.#tables.crowdedBudgets.all<{ budget_id: string }>(MAX_LEASES_PER_BUDGET);
      return new Set(rows.map((row) => row.budget_id));
    });
    return { leases, amount };
  }

  #grant(request: GrantRequest): GrantOutcome {
    const { budgetId, leaseId, now } = request;
    const budget = this.#tables.getBudget.get<BudgetRow>(budgetId);
    if (budget === undefined || !inLedger(budget.kind)) return { kind: "unknown_budget" };
    const known = this.#tables.getLease.get<LeaseRow>(budgetId, leaseId);
    if (known !== undefined) {
      const window = { kind: Number(known.kind) as BudgetWindow, startMs: Number(known.start) };
      return { kind: "granted", lease: leaseOf(request, window, known.amount) };
    }
    const kind = Number(budget.kind) as BudgetWindow;
    const start = windowStart(kind, now);
    const books = this.#books.of(budgetId, budget.kind, BigInt(start));
    const remaining = budget.cap - books.settled - books.leased - books.overrun;
    const share = this.#crowded.has(budgetId) ? 0n : sizeLease(remaining, request.minimum, request.wanted);
    if (share === 0n) return { kind: "refused", remaining, leased: books.leased, windowEnd: windowEnd(kind, now) };
    this.#books.write(budgetId, budget.kind, BigInt(start), { ...books, leased: books.leased + share });
    const due = now + request.validForMs + request.holdForMs;
    this.#tables.putLease.run(budgetId, leaseId, budget.kind, start, share, share, due, request.holder);
    return { kind: "granted", lease: leaseOf(request, { kind, startMs: start }, share) };
  }

  #rows(budgetIds: readonly string[]): BudgetRow[] {
    const ids = [...new Set(budgetIds)].sort();
    return ids.map((id) => this.#tables.getBudget.get<BudgetRow>(id)).filter((row) => row !== undefined);
  }

  async #forget(now: number): Promise<void> {
    for (let count = EVENTS_AT_ONCE; count === EVENTS_AT_ONCE; ) {
      count = await this.#database.change(() => this.#tables.forgetEvents.run(now, EVENTS_AT_ONCE));
    }
    await this.#database.change(() => this.#tables.forgetWindows.run(now - KEEP_WINDOWS_MS));
  }
}

function inLedger(kind: bigint): boolean {
  return KINDS.some((each) => BigInt(each) === kind);
}

function toBudget(row: BudgetRow): Budget {
  return fromBinary(BudgetSchema, row.budget);
}
