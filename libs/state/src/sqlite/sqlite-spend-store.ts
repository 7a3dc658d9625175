import { DEFAULT_REMEMBER_MS } from "../budget-ledger.ts";
import {
  MAX_SPEND_KEYS_PER_HOUR,
  DEFAULT_SPEND_RETENTION_MS,
  type SpendQuery,
  type SpendRecord,
  type SpendReport,
  type SpendStore,
} from "../spend-store.ts";
import {
  hourOf,
  hoursOf,
  matchesSpend,
  OTHER_SPEND,
  type SpendEntry,
  type SpendKey,
  spendEntries,
  type SpendSums,
  summariseSpend,
} from "../summarise-spend.ts";
import type { Database, Statement } from "./database.ts";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS spend (
  hour INTEGER NOT NULL, tenant TEXT NOT NULL, user TEXT NOT NULL, project TEXT NOT NULL, provider TEXT NOT NULL,
  model TEXT NOT NULL, cost INTEGER NOT NULL, requests INTEGER NOT NULL, succeeded INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
  PRIMARY KEY (hour, tenant, user, project, provider, model)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spend_events (event_id TEXT PRIMARY KEY, forget INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS spend_events_forget ON spend_events (forget);
`;

const COLUMNS = `tenant, user, project, provider, model, sum(cost) AS cost, sum(requests) AS requests,
  sum(succeeded) AS succeeded, sum(input_tokens) AS inputTokens, sum(output_tokens) AS outputTokens`;

/** How often what is too old is removed. */
const TIDY_EVERY_MS = 60_000;

/** How long things are kept, and the clock that says so. */
export interface SpendStoreSettings {
  readonly rememberMs?: number | undefined;
  readonly retentionMs?: number | undefined;
  readonly now?: (() => number) | undefined;
}

/** Spend in SQLite. */
export class SqliteSpendStore implements SpendStore {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #rememberMs: number;
  readonly #retentionMs: number;
  readonly #statements: Readonly<Record<"remember" | "add" | "insert" | "count" | "query" | "forget" | "expire", Statement>>;
  /** Keys of the hour that was added to last; to count them for each new key would cost more than all else. */
  #counted: { hour: number; keys: number; rollbacks: number } | undefined;
  #tidiedAt = Number.NEGATIVE_INFINITY;

  constructor(database: Database, settings: SpendStoreSettings = {}) {
    database.define(SCHEMA);
    this.#database = database;
    this.#now = settings.now ?? Date.now;
    this.#rememberMs = settings.rememberMs ?? DEFAULT_REMEMBER_MS;
    this.#retentionMs = settings.retentionMs ?? DEFAULT_SPEND_RETENTION_MS;
    this.#statements = {
      remember: database.prepare(`INSERT INTO spend_events VALUES (?, ?)
        ON CONFLICT DO UPDATE SET forget = excluded.forget WHERE spend_events.forget <= ?`),
      add: database.prepare(`UPDATE spend SET cost = cost + ?, requests = requests + ?, succeeded = succeeded + ?,
        input_tokens = input_tokens + ?, output_tokens = output_tokens + ?
        WHERE hour = ? AND tenant = ? AND user = ? AND project = ? AND provider = ? AND model = ?`),
      insert: database.prepare("INSERT INTO spend VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      count: database.prepare("SELECT count(*) AS count FROM spend WHERE hour = ?"),
      query: database.prepare(`SELECT ${COLUMNS} FROM spend WHERE hour >= ? AND hour < ?
        GROUP BY tenant, user, project, provider, model`),
      forget: database.prepare("DELETE FROM spend_events WHERE forget <= ?"),
      expire: database.prepare("DELETE FROM spend WHERE hour < ?"),
    };
  }

  record(record: SpendRecord): Promise<boolean> {
    const hour = hourOf(record.occurredMs);
    const entries = spendEntries(record);
    return this.#database.change(() => {
      const now = this.#now();
      this.#tidy(now);
      if (this.#statements.remember.run(record.eventId, now + this.#rememberMs, now) === 0) return false;
      for (const entry of entries) this.#add(hour, entry);
      return true;
    });
  }

  query(query: SpendQuery): Promise<SpendReport> {
    const hours = hoursOf(query);
    const [first, last] = [hours[0], hours.at(-1)];
    return this.#database.read(() => {
      if (first === undefined || last === undefined) return { rows: [], total: 0n };
      const rows = this.#statements.query.all<SpendKey & SpendSums>(first, last + 1);
      const entries = rows.map((row) => ({ key: row, sums: row }));
      return summariseSpend(
        entries.filter(({ key }) => matchesSpend(key, query.filter)),
        query.groupBy,
      );
    });
  }

  #add(hour: number, { key, sums }: SpendEntry): void {
    const { tenant, user, project, provider, model } = key;
    const amounts = [sums.cost, sums.requests, sums.succeeded, sums.inputTokens, sums.outputTokens] as const;
    const names = [hour, tenant, user, project, provider, model] as const;
    if (this.#statements.add.run(...amounts, ...names) > 0) return;
    const counted = this.#count(hour);
    if (key !== OTHER_SPEND && counted.keys >= MAX_SPEND_KEYS_PER_HOUR) {
      this.#add(hour, { key: OTHER_SPEND, sums });
      return;
    }
    this.#statements.insert.run(...names, ...amounts);
    counted.keys += 1;
  }

  #count(hour: number): { keys: number } {
    const rollbacks = this.#database.rollbacks();
    if (this.#counted?.hour !== hour || this.#counted.rollbacks !== rollbacks) {
      const keys = Number(this.#statements.count.get<{ count: bigint }>(hour)?.count ?? 0n);
      this.#counted = { hour, keys, rollbacks };
    }
    return this.#counted;
  }

  #tidy(now: number): void {
    if (now - this.#tidiedAt < TIDY_EVERY_MS) return;
    this.#tidiedAt = now;
    this.#statements.forget.run(now);
    this.#statements.expire.run(now - this.#retentionMs);
  }
}
