import type { CachedBytes, CacheLevel, CacheLevelLimits } from "../cache-level.ts";
import type { CacheKey, CachePrefix } from "../response-cache.ts";
import type { Database, Statement } from "./database.ts";

const SCHEMA = `CREATE TABLE IF NOT EXISTS responses (
  tenant TEXT NOT NULL, digest TEXT NOT NULL, expires INTEGER NOT NULL, size INTEGER NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY (tenant, digest)
) STRICT;
CREATE INDEX IF NOT EXISTS responses_expires ON responses (expires, tenant, digest, size);`;

/** How many entries one put removes because their time is over; more only to make room. */
const REMOVE_AT_ONCE = 4;

type Name = "get" | "size" | "put" | "remove" | "first" | "totals" | "prefix";

/** Cached answers in SQLite. What expires soonest goes first when room is needed. */
export class SqliteCacheLevel implements CacheLevel {
  readonly name = "disk";
  readonly #database: Database;
  readonly #limits: CacheLevelLimits;
  readonly #now: () => number;
  readonly #statements: Readonly<Record<Name, Statement>>;
  #totals: Totals | undefined;

  constructor(database: Database, limits: CacheLevelLimits, now: () => number) {
    database.define(SCHEMA);
    this.#database = database;
    this.#limits = limits;
    this.#now = now;
    this.#statements = {
      get: database.prepare("SELECT bytes, expires FROM responses WHERE tenant = ? AND digest = ? AND expires > ?"),
      size: database.prepare("SELECT size FROM responses WHERE tenant = ? AND digest = ?"),
      put: database.prepare("INSERT OR REPLACE INTO responses VALUES (?, ?, ?, ?, ?)"),
      remove: database.prepare("DELETE FROM responses WHERE tenant = ? AND digest = ?"),
      first: database.prepare("SELECT tenant, digest, expires, size FROM responses ORDER BY expires LIMIT ?"),
      totals: database.prepare("SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM responses"),
      prefix: database.prepare("DELETE FROM responses WHERE tenant = ? AND substr(digest, 1, ?) = ?"),
    };
  }

  up(): boolean {
    return true;
  }

  get(key: CacheKey): Promise<CachedBytes | undefined> {
    return this.#database.read(() => {
      const row = this.#statements.get.get<{ bytes: Uint8Array; expires: bigint }>(key.tenant, key.digest, this.#now());
      return row === undefined ? undefined : { bytes: row.bytes, expires: Number(row.expires) };
    });
  }

  async put(key: CacheKey, cached: CachedBytes): Promise<void> {
    const size = cached.bytes.byteLength;
    if (size > this.#limits.bytes) return;
    await this.#database.change(() => {
      const totals = this.#currentTotals();
      const before = this.#statements.size.get<{ size: bigint }>(key.tenant, key.digest);
      if (before !== undefined) {
        this.#statements.remove.run(key.tenant, key.digest);
        note(totals, -1, -Number(before.size));
      }
      this.#makeRoom(totals, size);
      this.#statements.put.run(key.tenant, key.digest, cached.expires, size, cached.bytes);
      note(totals, 1, size);
    });
  }

  async delete(prefix: CachePrefix): Promise<void> {
    await this.#database.change(() => {
      this.#statements.prefix.run(prefix.tenant, prefix.digestPrefix.length, prefix.digestPrefix);
      this.#totals = undefined;
    });
  }

  /** Removes some of what is over, and what is needed to make room for another `size` bytes. */
  #makeRoom(totals: Totals, size: number): void {
    const isTight = () => totals.rows >= this.#limits.rows || totals.bytes + size > this.#limits.bytes;
    const now = this.#now();
    do {
      const first = this.#statements.first.all<{ tenant: string; digest: string; expires: bigint; size: bigint }>(
        REMOVE_AT_ONCE,
      );
      if (first.length === 0) return;
      for (const row of first) {
        if (Number(row.expires) > now && !isTight()) return;
        this.#statements.remove.run(row.tenant, row.digest);
        note(totals, -1, -Number(row.size));
      }
    } while (isTight());
  }

  #currentTotals(): Totals {
    const rollbacks = this.#database.rollbacks();
    if (this.#totals?.rollbacks !== rollbacks) {
      const row = this.#statements.totals.get<{ count: bigint; bytes: bigint }>();
      this.#totals = { rows: Number(row?.count ?? 0n), bytes: Number(row?.bytes ?? 0n), rollbacks };
    }
    return this.#totals;
  }
}

interface Totals {
  rows: number;
  bytes: number;
  /** Transactions taken back when these were counted. */
  readonly rollbacks: number;
}

function note(totals: Totals, rows: number, bytes: number): void {
  totals.rows += rows;
  totals.bytes += bytes;
}
