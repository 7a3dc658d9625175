import type { QuotaAnswer, QuotaAsk, QuotaReturn } from "@fairlead/decision/balancing/quota/advance-quota";
import type { QuotaLedger } from "../quota-ledger.ts";
import { ACQUIRE_LUA, GIVE_BACK_LUA } from "./quota-lua.ts";
import type { RedisLink, RedisScript } from "./redis-link.ts";

/** Quotas in Redis, by its own clock; every change is one script on the keys of one account. */
export class RedisQuotaLedger implements QuotaLedger {
  readonly #prefix: string;
  readonly #acquire: RedisScript;
  readonly #giveBack: RedisScript;
  readonly #now: (() => number) | undefined;

  /** @param now unix milliseconds in place of the clock of Redis */
  constructor(link: RedisLink, now: (() => number) | undefined) {
    this.#prefix = link.prefix;
    this.#acquire = link.script("fairleadAcquireQuota", 1, ACQUIRE_LUA);
    this.#giveBack = link.script("fairleadReturnQuota", 1, GIVE_BACK_LUA);
    this.#now = now;
  }

  async acquire(account: string, ask: QuotaAsk): Promise<QuotaAnswer> {
    const { quotaId, requestsPerMinute, tokensPerMinute, burst, validForMs } = ask;
    const { wantedRequests, wantedTokens, minimumTokens } = ask;
    const limits = [requestsPerMinute, tokensPerMinute, burst, validForMs];
    const figures = [...limits, wantedRequests, wantedTokens, minimumTokens].map(String);
    const answer = await this.#acquire([this.#key(account)], [this.#time(), quotaId, ...figures]);
    const [kind, first, second] = answer as [QuotaAnswer["kind"], string, string];
    if (kind === "granted") return { kind, requests: Number(first), tokens: Number(second) };
    return { kind: "wait", retryAfterMs: first === "never" ? Number.POSITIVE_INFINITY : Number(first) };
  }

  async giveBack(account: string, { quotaId, part, unusedRequests, unusedTokens }: QuotaReturn): Promise<boolean> {
    const args = [this.#time(), quotaId, String(unusedRequests), String(unusedTokens), String(part)];
    return (await this.#giveBack([this.#key(account)], args)) === 1;
  }

  #time(): string {
    return this.#now === undefined ? "" : String(Math.floor(this.#now()));
  }

  /** The braces choose the hash slot; an account that holds braces itself could choose another, so they are kept out. */
  #key(account: string): string {
    return `${this.#prefix}quota:{${account.replaceAll(/[{}]/g, "_")}}`;
  }
}
