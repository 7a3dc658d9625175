import type { RecordedOutcome } from "@fairlead/decision/replay/recorded-outcome";
import {
  type DecisionLog,
  type DecisionQuery,
  type DecisionSample,
  DEFAULT_DECISION_RETENTION_MS,
  MAX_DECISIONS_PER_HOUR,
} from "../decision-log.ts";
import { DecisionSampler, DigestGate, hoursOfDecisions, packDecision } from "../sample-decisions.ts";
import type { Database, Statement } from "./database.ts";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS decisions (
  hour INTEGER NOT NULL, digest INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (hour, digest)
) STRICT, WITHOUT ROWID;
`;

interface DecisionRow {
  readonly digest: bigint;
  readonly record: Uint8Array;
}

/** Records in SQLite. Two requests of an hour whose names share 48 bits of their digests are taken for one. */
export class SqliteDecisionLog implements DecisionLog {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #retentionMs: number;
  readonly #gate = new DigestGate();
  readonly #statements: Readonly<Record<"put" | "hour" | "trim" | "expire", Statement>>;

  constructor(database: Database, now: () => number, retentionMs = DEFAULT_DECISION_RETENTION_MS) {
    database.define(SCHEMA);
    this.#database = database;
    this.#now = now;
    this.#retentionMs = retentionMs;
    this.#statements = {
      put: database.prepare("INSERT INTO decisions VALUES (?, ?, ?) ON CONFLICT DO NOTHING"),
      hour: database.prepare("SELECT digest, record FROM decisions WHERE hour = ? ORDER BY digest"),
      trim: database.prepare(`DELETE FROM decisions WHERE hour = ?1 AND digest >
        (SELECT digest FROM decisions WHERE hour = ?1 ORDER BY digest LIMIT 1 OFFSET ${MAX_DECISIONS_PER_HOUR - 1})`),
      expire: database.prepare("DELETE FROM decisions WHERE hour < ?"),
    };
  }

  append(records: readonly RecordedOutcome[]): Promise<void> {
    const kept = records.map((record) => packDecision(record, this.#gate)).filter((one) => one !== undefined);
    return this.#database.change(() => {
      for (const { hour, digest, bytes } of kept) this.#statements.put.run(hour, digest, bytes);
      for (const hour of new Set(kept.map((one) => one.hour))) this.#statements.trim.run(hour);
      this.#statements.expire.run(this.#keptFrom());
    });
  }

  async sample(query: DecisionQuery): Promise<DecisionSample> {
    const sampler = new DecisionSampler(query);
    for (const hour of hoursOfDecisions(query, this.#now() - this.#retentionMs)) {
      const rows = await this.#database.read(() => this.#statements.hour.all<DecisionRow>(hour));
      sampler.addHour(
        hour,
        rows.map(({ digest, record }) => ({ digest: Number(digest), bytes: record })),
      );
      // Reading is work of this process: others have their turn between two hours.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return sampler.sample();
  }

  /** The hour that the oldest record falls into is kept whole. */
  #keptFrom(): number {
    return this.#now() - this.#retentionMs - 3_600_000;
  }
}
