import { type KeptRecord, MAX_RECORDS_OF_KIND, type RecordRange, type RecordStore } from "../record-store.ts";
import { StateError } from "../state-error.ts";
import type { Database, Statement } from "./database.ts";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS records (
  kind TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, forget INTEGER NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS records_forget ON records (kind, forget);
`;

/** A text that no key reaches. */
const LAST_KEY = "\u{10FFFF}";

/** Records in SQLite. */
export class SqliteRecordStore implements RecordStore {
  readonly #database: Database;
  readonly #statements: Readonly<Record<"known" | "put" | "load" | "forget", Statement>>;

  constructor(database: Database) {
    database.define(SCHEMA);
    this.#database = database;
    this.#statements = {
      known: database.prepare(`SELECT (SELECT count(*) FROM records WHERE kind = ?) AS count,
        EXISTS (SELECT 1 FROM records WHERE kind = ? AND key = ?) AS known`),
      put: database.prepare(`INSERT INTO records VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET revision = excluded.revision, forget = excluded.forget, value = excluded.value
        WHERE excluded.revision > records.revision`),
      load: database.prepare("SELECT key, revision, value FROM records WHERE kind = ? AND key >= ? AND key < ? ORDER BY key"),
      forget: database.prepare("DELETE FROM records WHERE kind = ? AND forget <= ?"),
    };
  }

  put(kind: string, { key, revision, value }: KeptRecord, keepUntil: number, now: number): Promise<boolean> {
    return this.#database.change(() => {
      this.#statements.forget.run(kind, Math.trunc(now));
      const row = this.#statements.known.get<{ count: bigint; known: bigint }>(kind, kind, key);
      if (row !== undefined && row.known === 0n && row.count >= MAX_RECORDS_OF_KIND) {
        throw new StateError("full", `too many records of ${kind}`);
      }
      return this.#statements.put.run(kind, key, revision, Math.trunc(keepUntil), value) > 0;
    });
  }

  load(kind: string, range: RecordRange = {}): Promise<KeptRecord[]> {
    return this.#database.read(() =>
      this.#statements.load
        .all<{ key: string; revision: bigint; value: Uint8Array }>(kind, range.from ?? "", range.before ?? LAST_KEY)
        .map(({ key, revision, value }) => ({ key, revision: Number(revision), value })),
    );
  }
}
