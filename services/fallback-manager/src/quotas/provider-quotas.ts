import type { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Client } from "@fairlead/rpc/call";
import { abortError } from "@fairlead/rpc/deadline";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { ServiceTools } from "@fairlead/runtime/service";
import { QuotaLine } from "./quota-line.ts";

/** What the quotas need. */
export interface ProviderQuotaSettings {
  readonly balancing: Pick<Client<typeof BalancingService>, "acquireQuota" | "returnQuota">;
  /** Unique for this run of this process. */
  readonly holder: string;
  readonly tools: Pick<ServiceTools, "now" | "logger">;
  /** Milliseconds that a request waits at most. */
  readonly maxWaitMs: number;
  /** Requests of one account that wait at most. */
  readonly maxWaiting: number;
  /** Weight of a tenant among those that wait, above 0. Default 1 for all. */
  readonly weightOf?: (tenant: string) => number;
}

/** What an account lets through in a minute. 0: no limit. */
export interface AccountLimits {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number | bigint;
}

/** A request that is to be sent to a provider. */
export interface QuotaRequest {
  /** Account that the limits belong to. */
  readonly account: string;
  readonly limits: AccountLimits;
  readonly tenant: string;
  /** Tokens in and out that it will probably use. */
  readonly tokens: number;
  readonly signal: AbortSignal;
  /** Unix milliseconds by which the request must have ended. */
  readonly deadline: number | undefined;
}

/**
 * Tells what a request used, once it has ended.
 *
 * @param actualTokens in and out. Undefined: nothing was sent, so the request itself is given back as well
 */
export type ReleaseQuota = (actualTokens?: number) => void;

/** Accounts that are kept at the same time; names come from adapters. */
const MOST_ACCOUNTS = 10_000;
const SWEEP_MS = 250;
const NO_LIMIT: ReleaseQuota = () => undefined;

/**
 * Holds requests to what providers' accounts let through over all executors. Shares of the limits come from the ledger by
 * way of load-balancer and are used up here; where there is none left, requests wait in an order that is fair between
 * tenants, for a bounded time. While the ledger cannot be reached, this executor goes on for a minute with as much as it
 * was handed in the minute before.
 */
export class ProviderQuotas {
  readonly #settings: ProviderQuotaSettings;
  readonly #lines = new Map<string, QuotaLine>();
  readonly #timer: NodeJS.Timeout;

  constructor(settings: ProviderQuotaSettings) {
    this.#settings = settings;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /**
   * Waits until a request may be sent.
   *
   * @returns to be called once when the request has ended
   * @throws FairleadError RATE_LIMITED with the time to wait where that would be longer than the request can, or as many
   *   wait already as may; without a time where the request is larger than the account ever lets through
   */
  async acquire(request: QuotaRequest): Promise<ReleaseQuota> {
    const { account, limits, signal } = request;
    if (signal.aborted) throw abortError(signal);
    if (limits.requestsPerMinute === 0 && Number(limits.tokensPerMinute) === 0) return NO_LIMIT;
    return this.#lineOf(account).acquire(request);
  }

  /** Requests that wait now, over all accounts. */
  waiting(): number {
    return [...this.#lines.values()].reduce((sum, line) => sum + line.waiting, 0);
  }

  /** Refuses who waits and gives back all that is not used. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#lines.values()].map((line) => line.close()));
    this.#lines.clear();
  }

  #lineOf(account: string): QuotaLine {
    const known = this.#lines.get(account);
    if (known !== undefined) return known;
    if (this.#lines.size >= MOST_ACCOUNTS) {
      throw failure(ErrorCode.OVERLOADED, "Too many accounts of providers are in use.", { retryAfterMs: SWEEP_MS });
    }
    const line = new QuotaLine(account, this.#settings);
    this.#lines.set(account, line);
    return line;
  }

  #sweep(): void {
    for (const [account, line] of this.#lines) {
      line.sweep();
      if (line.idle()) this.#lines.delete(account);
    }
  }
}
