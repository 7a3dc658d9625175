import type { BudgetLedger } from "./budget-ledger.ts";
import type { CircuitStore } from "./circuit-store.ts";
import type { DecisionLog } from "./decision-log.ts";
import type { QuotaLedger } from "./quota-ledger.ts";
import type { CacheLimits, ResponseCache } from "./response-cache.ts";
import type { SharedNotes } from "./shared-notes.ts";
import type { RecordStore } from "./record-store.ts";
import type { SpendStore } from "./spend-store.ts";
import { Database } from "./sqlite/database.ts";
import { SqliteBudgetLedger } from "./sqlite/sqlite-budget-ledger.ts";
import { SqliteCacheLevel } from "./sqlite/sqlite-cache-level.ts";
import { SqliteCircuitStore } from "./sqlite/sqlite-circuit-store.ts";
import { SqliteDecisionLog } from "./sqlite/sqlite-decision-log.ts";
import { SqliteQuotaLedger } from "./sqlite/sqlite-quota-ledger.ts";
import { SqliteSharedNotes } from "./sqlite/sqlite-shared-notes.ts";
import { SqliteRecordStore } from "./sqlite/sqlite-record-store.ts";
import { SqliteSpendStore } from "./sqlite/sqlite-spend-store.ts";
import { levelLimits, TwoLevelCache } from "./two-level-cache.ts";

/** How state of one process is kept. */
export interface EmbeddedStateSettings {
  /** Path of the database, made when it is missing, or ":memory:". One process at a time. */
  readonly file: string;
  readonly cache?: CacheLimits | undefined;
  /** Milliseconds for which an event is remembered, so that it has one effect. Default 6 h. */
  readonly rememberMs?: number | undefined;
  /** Milliseconds for which an hour's spend is kept. Default 92 days. */
  readonly spendRetentionMs?: number | undefined;
  /** Milliseconds for which a recorded decision is kept. Default 7 days. */
  readonly decisionRetentionMs?: number | undefined;
  /** Unix milliseconds; for times that no caller hands in. Default the system's clock. */
  readonly now?: (() => number) | undefined;
}

/** State in one process. It survives a new start, and the end of the process at any moment. */
export interface EmbeddedState {
  readonly ledger: BudgetLedger;
  readonly spend: SpendStore;
  readonly notes: SharedNotes;
  readonly decisions: DecisionLog;
  readonly circuits: CircuitStore;
  readonly quotas: QuotaLedger;
  readonly records: RecordStore;
  readonly cache: ResponseCache;
  /** True while it can be used. */
  up(): boolean;
  /** Writes what waits and lets go of the file. */
  close(): Promise<void>;
}

/**
 * Opens state in a SQLite file.
 *
 * @throws Error when the file cannot be opened or is no database
 */
export function openEmbeddedState(settings: EmbeddedStateSettings): EmbeddedState {
  const database = new Database(settings.file);
  const now = settings.now ?? Date.now;
  const cache = settings.cache ?? {};
  let open = true;
  return {
    ledger: new SqliteBudgetLedger(database, settings.rememberMs),
    spend: new SqliteSpendStore(database, now, settings),
    notes: new SqliteSharedNotes(database),
    decisions: new SqliteDecisionLog(database, now, settings.decisionRetentionMs),
    circuits: new SqliteCircuitStore(database),
    quotas: new SqliteQuotaLedger(database, now),
    records: new SqliteRecordStore(database),
    cache: new TwoLevelCache(new SqliteCacheLevel(database, levelLimits(cache), now), cache, now),
    up: () => open,
    close: async () => {
      open = false;
      database.close();
    },
  };
}
