import type { SQLInputValue } from "node:sqlite";
import { SpendPeriod } from "@fairlead/contracts/cost/v1/cost_service";
import { DEFAULT_REMEMBER_MS } from "../budget-ledger.ts";
import {
  OTHER_SPEND,
  type SpendEntry,
  spendEntries,
  type SpendKey,
  type SpendSums,
  withoutLabels,
} from "../spend-entries.ts";
import {
  DEFAULT_SPEND_RETENTION_MS,
  MAX_SPEND_KEYS_PER_HOUR,
  MAX_TAGGED_KEYS_PER_HOUR,
  type SpendQuery,
  type SpendRecord,
  type SpendReport,
  type SpendStore,
  type SpendStoreSettings,
} from "../spend-store.ts";
import { hourOf, hoursOf, SpendSummary } from "../summarise-spend.ts";
import type { Database, Statement } from "./database.ts";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS spend_by_hour (
  hour INTEGER NOT NULL, tenant TEXT NOT NULL, user TEXT NOT NULL, project TEXT NOT NULL, provider TEXT NOT NULL,
  model TEXT NOT NULL, tags TEXT NOT NULL, cost INTEGER NOT NULL, requests INTEGER NOT NULL, succeeded INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, saved_dearest INTEGER NOT NULL,
  compared_dearest INTEGER NOT NULL, saved_requested INTEGER NOT NULL, compared_requested INTEGER NOT NULL,
  PRIMARY KEY (hour, tenant, user, project, provider, model, tags)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spend_events (event_id TEXT PRIMARY KEY, forget INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS spend_events_forget ON spend_events (forget);
`;

const KEY = "tenant, user, project, provider, model, tags";
const SUMS = `sum(cost) AS cost, sum(requests) AS requests, sum(succeeded) AS succeeded, sum(input_tokens) AS inputTokens,
  sum(output_tokens) AS outputTokens, sum(saved_dearest) AS savedDearest, sum(compared_dearest) AS comparedDearest,
  sum(saved_requested) AS savedRequested, sum(compared_requested) AS comparedRequested`;

/** Start of the period of an hour; weeks start on Monday, 345,600,000 ms after the epoch the first time. */
const PERIODS: Readonly<Record<SpendPeriod, string>> = {
  [SpendPeriod.UNSPECIFIED]: "0",
  [SpendPeriod.HOUR]: "hour",
  [SpendPeriod.DAY]: "hour - hour % 86400000",
  [SpendPeriod.WEEK]: "hour - (hour - 345600000) % 604800000",
  [SpendPeriod.MONTH]: "unixepoch(hour / 1000, 'unixepoch', 'start of month') * 1000",
};

/** How often what is too old is removed. */
const TIDY_EVERY_MS = 60_000;

interface SpendRowOfTable extends SpendSums, Omit<SpendKey, "tags"> {
  readonly period: bigint;
  readonly tags: string;
}

/** Spend in SQLite. */
export class SqliteSpendStore implements SpendStore {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #rememberMs: number;
  readonly #retentionMs: number;
  readonly #statements: Readonly<Record<"remember" | "add" | "insert" | "count" | "forget" | "expire", Statement>>;
  readonly #queries: ReadonlyMap<SpendPeriod, Statement>;
  /** Keys of the hour that was added to last; to count them for each new key would cost more than all else. */
  #counted: { hour: number; keys: number; rollbacks: number } | undefined;
  #tidiedAt = Number.NEGATIVE_INFINITY;

  constructor(database: Database, now: () => number, settings: SpendStoreSettings = {}) {
    database.define(SCHEMA);
    this.#database = database;
    this.#now = now;
    this.#rememberMs = settings.rememberMs ?? DEFAULT_REMEMBER_MS;
    this.#retentionMs = settings.spendRetentionMs ?? DEFAULT_SPEND_RETENTION_MS;
    this.#statements = {
      remember: database.prepare(`INSERT INTO spend_events VALUES (?, ?)
        ON CONFLICT DO UPDATE SET forget = excluded.forget WHERE spend_events.forget <= ?`),
      add: database.prepare(`UPDATE spend_by_hour SET cost = cost + ?, requests = requests + ?, succeeded = succeeded + ?,
        input_tokens = input_tokens + ?, output_tokens = output_tokens + ?, saved_dearest = saved_dearest + ?,
        compared_dearest = compared_dearest + ?, saved_requested = saved_requested + ?,
        compared_requested = compared_requested + ?
        WHERE hour = ? AND tenant = ? AND user = ? AND project = ? AND provider = ? AND model = ? AND tags = ?`),
      insert: database.prepare("INSERT INTO spend_by_hour VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      count: database.prepare("SELECT count(*) AS count FROM spend_by_hour WHERE hour = ?"),
      forget: database.prepare("DELETE FROM spend_events WHERE forget <= ?"),
      expire: database.prepare("DELETE FROM spend_by_hour WHERE hour < ?"),
    };
    const periods = Object.entries(PERIODS).map(([period, expression]): [SpendPeriod, Statement] => [
      Number(period) as SpendPeriod,
      database.prepare(`SELECT ${expression} AS period, ${KEY}, ${SUMS} FROM spend_by_hour
        WHERE hour >= ? AND hour < ? GROUP BY 1, ${KEY}`),
    ]);
    this.#queries = new Map(periods);
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
      const summary = new SpendSummary(query);
      if (first === undefined || last === undefined) return summary.report();
      const rows =
        this.#queries.get(query.period ?? SpendPeriod.UNSPECIFIED)?.all<SpendRowOfTable>(first, last + 1) ?? [];
      for (const row of rows)
        summary.add(Number(row.period), { key: { ...row, tags: JSON.parse(row.tags) as string[] }, sums: row });
      return summary.report();
    });
  }

  keptFrom(): number {
    return hourOf(this.#now() - this.#retentionMs);
  }

  #add(hour: number, { key, sums }: SpendEntry): void {
    const plain = withoutLabels(key);
    if (this.#addTo(hour, key, sums, key === plain ? MAX_SPEND_KEYS_PER_HOUR : MAX_TAGGED_KEYS_PER_HOUR)) return;
    if (this.#addTo(hour, plain, sums, MAX_SPEND_KEYS_PER_HOUR)) return;
    this.#addTo(hour, OTHER_SPEND, sums, Number.POSITIVE_INFINITY);
  }

  /** Adds to a key; false when it is new and there are as many as there may be. */
  #addTo(hour: number, key: SpendKey, sums: SpendSums, most: number): boolean {
    const names = [hour, key.tenant, key.user, key.project, key.provider, key.model, JSON.stringify(key.tags)];
    const amounts = amountsOf(sums);
    if (this.#statements.add.run(...amounts, ...names) > 0) return true;
    const counted = this.#count(hour);
    if (counted.keys >= most) return false;
    this.#statements.insert.run(...names, ...amounts);
    counted.keys += 1;
    return true;
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
    this.#statements.expire.run(this.keptFrom());
  }
}

/** In the order of the table. */
function amountsOf(sums: SpendSums): SQLInputValue[] {
  const { cost, requests, succeeded, inputTokens, outputTokens } = sums;
  const saved = [sums.savedDearest, sums.comparedDearest, sums.savedRequested, sums.comparedRequested];
  return [cost, requests, succeeded, inputTokens, outputTokens, ...saved];
}
