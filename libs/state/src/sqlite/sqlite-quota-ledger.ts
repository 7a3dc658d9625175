import {
  acquireQuota,
  type QuotaAccountState,
  type QuotaAnswer,
  type QuotaAsk,
  type QuotaLimits,
  type QuotaReturn,
  returnQuota,
  UNUSED_ACCOUNT,
} from "@fairlead/decision/balancing/quota/advance-quota";
import { ACCOUNT_MS, MAX_ACCOUNTS, type QuotaLedger } from "../quota-ledger.ts";
import type { Database, Statement } from "./database.ts";

const SCHEMA = `CREATE TABLE IF NOT EXISTS quota_accounts (
  account TEXT PRIMARY KEY, touched INTEGER NOT NULL, kept TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS quota_accounts_touched ON quota_accounts (touched);`;

/** An account as it is kept. */
interface KeptAccount {
  readonly limits: QuotaLimits;
  readonly state: QuotaAccountState;
}

/** Quotas in SQLite, so that a process that starts anew does not use an account's minute twice. */
export class SqliteQuotaLedger implements QuotaLedger {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #get: Statement;
  readonly #put: Statement;
  readonly #forget: Statement;

  constructor(database: Database, now: () => number) {
    database.define(SCHEMA);
    this.#database = database;
    this.#now = now;
    this.#get = database.prepare("SELECT kept FROM quota_accounts WHERE account = ?");
    this.#put = database.prepare(`INSERT INTO quota_accounts VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET touched = excluded.touched, kept = excluded.kept`);
    this.#forget = database.prepare(`DELETE FROM quota_accounts WHERE touched < ? OR account IN (
      SELECT account FROM quota_accounts ORDER BY touched DESC LIMIT -1 OFFSET ${MAX_ACCOUNTS - 1})`);
  }

  acquire(account: string, ask: QuotaAsk): Promise<QuotaAnswer> {
    return this.#database.change(() => {
      const now = Math.floor(this.#now());
      const known = this.#read(account);
      if (known === undefined) this.#forget.run(now - ACCOUNT_MS);
      const { state, answer } = acquireQuota(known?.state ?? UNUSED_ACCOUNT, ask, now);
      const { requestsPerMinute, tokensPerMinute, burst, validForMs } = ask;
      this.#write(account, { limits: { requestsPerMinute, tokensPerMinute, burst, validForMs }, state }, now);
      return answer;
    });
  }

  giveBack(account: string, back: QuotaReturn): Promise<boolean> {
    return this.#database.change(() => {
      const now = Math.floor(this.#now());
      const known = this.#read(account);
      if (known === undefined) return false;
      const state = returnQuota(known.state, known.limits, back, now);
      if (state === known.state) return false;
      this.#write(account, { limits: known.limits, state }, now);
      return true;
    });
  }

  #read(account: string): KeptAccount | undefined {
    const row = this.#get.get<{ kept: string }>(account);
    return row === undefined ? undefined : (JSON.parse(row.kept) as KeptAccount);
  }

  #write(account: string, kept: KeptAccount, now: number): void {
    this.#put.run(account, now, JSON.stringify(kept));
  }
}
