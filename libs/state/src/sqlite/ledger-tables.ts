import type { Database, Statement } from "./database.ts";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS budgets (
  budget_id TEXT PRIMARY KEY, kind INTEGER NOT NULL, cap INTEGER NOT NULL, budget BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS budget_windows (
  budget_id TEXT NOT NULL, kind INTEGER NOT NULL, start INTEGER NOT NULL,
  settled INTEGER NOT NULL, leased INTEGER NOT NULL, overrun INTEGER NOT NULL,
  PRIMARY KEY (budget_id, kind, start)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leases (
  budget_id TEXT NOT NULL, lease_id TEXT NOT NULL, kind INTEGER NOT NULL, start INTEGER NOT NULL,
  amount INTEGER NOT NULL, unresolved INTEGER NOT NULL, returned INTEGER NOT NULL, due INTEGER NOT NULL,
  holder TEXT NOT NULL,
  PRIMARY KEY (budget_id, lease_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS leases_due ON leases (due);
CREATE TABLE IF NOT EXISTS settled_events (
  budget_id TEXT NOT NULL, event_id TEXT NOT NULL, forget INTEGER NOT NULL, PRIMARY KEY (budget_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS settled_events_forget ON settled_events (forget);
`;

/** A budget as it is kept. */
export interface BudgetRow {
  readonly kind: bigint;
  readonly cap: bigint;
  readonly budget: Uint8Array;
}

/** The books of a window as they are kept. */
export interface WindowRow {
  readonly settled: bigint;
  readonly leased: bigint;
  readonly overrun: bigint;
}

/** A lease as it is kept. */
export interface LeaseRow {
  readonly budget_id: string;
  readonly lease_id: string;
  readonly kind: bigint;
  readonly start: bigint;
  readonly amount: bigint;
  readonly unresolved: bigint;
  readonly returned: bigint;
}

/** The statements of the ledger; their values in the order of the text. */
export interface LedgerTables {
  readonly putBudget: Statement;
  readonly getBudget: Statement;
  readonly allBudgets: Statement;
  readonly countBudgets: Statement;
  readonly deleteBudget: readonly Statement[];
  readonly deleteWindow: Statement;
  readonly getWindow: Statement;
  readonly putWindow: Statement;
  readonly forgetWindows: Statement;
  readonly getLease: Statement;
  readonly putLease: Statement;
  readonly crowdedBudgets: Statement;
  readonly markReturned: Statement;
  readonly setUnresolved: Statement;
  readonly deleteLease: Statement;
  readonly dueLeases: Statement;
  readonly remember: Statement;
  readonly forgetEvents: Statement;
}

/** Creates the tables where they are missing and prepares the statements. */
export function ledgerTables(database: Database): LedgerTables {
  database.define(SCHEMA);
  const prepare = (sql: string) => database.prepare(sql);
  return {
    putBudget: prepare(`INSERT INTO budgets VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET kind = excluded.kind, cap = excluded.cap, budget = excluded.budget`),
    getBudget: prepare("SELECT kind, cap, budget FROM budgets WHERE budget_id = ?"),
    allBudgets: prepare("SELECT kind, cap, budget FROM budgets ORDER BY budget_id"),
    countBudgets: prepare("SELECT count(*) AS count FROM budgets"),
    deleteBudget: [
      prepare("DELETE FROM budgets WHERE budget_id = ?"),
      prepare("DELETE FROM leases WHERE budget_id = ?"),
    ],
    deleteWindow: prepare("DELETE FROM budget_windows WHERE budget_id = ? AND kind = ? AND start = ?"),
    getWindow: prepare("SELECT settled, leased, overrun FROM budget_windows WHERE budget_id = ? AND kind = ? AND start = ?"),
    putWindow: prepare(`INSERT INTO budget_windows VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET settled = excluded.settled, leased = excluded.leased, overrun = excluded.overrun`),
    forgetWindows: prepare("DELETE FROM budget_windows WHERE start < ?"),
    getLease: prepare("SELECT * FROM leases WHERE budget_id = ? AND lease_id = ?"),
    putLease: prepare("INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)"),
    crowdedBudgets: prepare("SELECT budget_id FROM leases GROUP BY budget_id HAVING count(*) >= ?"),
    markReturned: prepare("UPDATE leases SET returned = 1 WHERE budget_id = ? AND lease_id = ?"),
    setUnresolved: prepare("UPDATE leases SET unresolved = ? WHERE budget_id = ? AND lease_id = ?"),
    deleteLease: prepare("DELETE FROM leases WHERE budget_id = ? AND lease_id = ?"),
    dueLeases: prepare("SELECT * FROM leases WHERE due <= ? LIMIT ?"),
    remember: prepare(`INSERT INTO settled_events VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET forget = excluded.forget WHERE settled_events.forget <= ?`),
    forgetEvents: prepare(`DELETE FROM settled_events WHERE (budget_id, event_id) IN
      (SELECT budget_id, event_id FROM settled_events WHERE forget <= ? LIMIT ?)`),
  };
}
