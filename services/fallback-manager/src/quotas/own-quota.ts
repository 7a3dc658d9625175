import { acquireQuota, type QuotaAnswer } from "@fairlead/decision/balancing/quota/advance-quota";
import {
  type BucketLimits,
  fullBucket,
  giveBack,
  handOut,
  type QuotaBucket,
  refill,
  sliceAt,
} from "@fairlead/decision/balancing/quota/quota-bucket";

/** What an account lets through in a minute. 0: no limit. */
export interface MinuteLimits {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
}

/** How long this executor goes on by itself. Others may be handed its part meanwhile, if it alone is cut off. */
const ALONE_MS = 60_000;
const BURST = 0.25;
const VALID_MS = 2_000;

/**
 * What this executor was handed of an account in the last minute, and what it may hand out itself while the ledger cannot
 * be reached: in no minute more than that. When all executors go on so, they stay within the account's limits together.
 * Times are milliseconds of any clock that does not go back.
 */
export class OwnQuota {
  #requests: QuotaBucket | undefined;
  #tokens: QuotaBucket | undefined;
  #alone: { readonly since: number; readonly limits: MinuteLimits } | undefined;

  /** Notes what the ledger handed out. */
  handed(limits: MinuteLimits, requests: number, tokens: number, now: number): void {
    this.#alone = undefined;
    this.#requests = note(this.#requests, limits.requestsPerMinute, requests, now);
    this.#tokens = note(this.#tokens, limits.tokensPerMinute, tokens, now);
  }

  /** Notes what went back to the ledger, which may hand it to others; below zero where more was used. */
  gaveBack(limits: MinuteLimits, requests: number, tokens: number, handedAt: number): void {
    this.#requests = back(this.#requests, limits.requestsPerMinute, requests, handedAt);
    this.#tokens = back(this.#tokens, limits.tokensPerMinute, tokens, handedAt);
  }

  /** Tells that the ledger answers. */
  reached(): void {
    this.#alone = undefined;
  }

  /** True while the ledger does not answer. */
  get alone(): boolean {
    return this.#alone !== undefined;
  }

  /** Tells that the ledger does not answer. */
  lost(limits: MinuteLimits, now: number): void {
    if (this.#alone !== undefined) return;
    this.#requests = emptied(this.#requests, limits.requestsPerMinute, now);
    this.#tokens = emptied(this.#tokens, limits.tokensPerMinute, now);
    const own = { requestsPerMinute: handedIn(this.#requests), tokensPerMinute: handedIn(this.#tokens) };
    this.#alone = { since: now, limits: own };
  }

  /** A share of what this executor has by itself; undefined where it has nothing or has gone on alone for too long. */
  acquire(limits: MinuteLimits, requests: number, tokens: number, least: number, now: number): QuotaAnswer | undefined {
    if (this.#alone === undefined || now - this.#alone.since > ALONE_MS) return undefined;
    const own = this.#alone.limits;
    // To the core, no limit and nothing are both 0.
    if (limits.requestsPerMinute > 0 && own.requestsPerMinute < 1) return undefined;
    if (limits.tokensPerMinute > 0 && own.tokensPerMinute < 1) return undefined;
    const state = { requests: this.#requests, tokens: this.#tokens, shares: [] };
    const wanted = { quotaId: "", wantedRequests: requests, wantedTokens: tokens, minimumTokens: least };
    const outcome = acquireQuota(state, { ...own, ...wanted, burst: BURST, validForMs: VALID_MS }, now);
    this.#requests = outcome.state.requests;
    this.#tokens = outcome.state.tokens;
    return outcome.answer;
  }
}

function limitsOf(perMinute: number): BucketLimits {
  return { perMinute, burst: BURST, validForMs: VALID_MS };
}

function note(bucket: QuotaBucket | undefined, perMinute: number, amount: number, now: number): QuotaBucket | undefined {
  if (perMinute === 0) return undefined;
  const limits = limitsOf(perMinute);
  return handOut(bucket === undefined ? fullBucket(limits, now) : refill(bucket, limits, now), amount, now);
}

function back(bucket: QuotaBucket | undefined, perMinute: number, amount: number, at: number): QuotaBucket | undefined {
  if (bucket === undefined || perMinute === 0) return bucket;
  return amount < 0 ? handOut(bucket, -amount, at) : giveBack(bucket, limitsOf(perMinute), amount, sliceAt(at));
}

/** Forgets what is older than a minute and begins with an empty bucket: no burst on top of what was just handed out. */
function emptied(bucket: QuotaBucket | undefined, perMinute: number, now: number): QuotaBucket | undefined {
  if (perMinute === 0 || bucket === undefined) return undefined;
  return { ...refill(bucket, limitsOf(perMinute), now), level: 0 };
}

function handedIn(bucket: QuotaBucket | undefined): number {
  return bucket?.slices.reduce((sum, { amount }) => sum + amount, 0) ?? 0;
}
