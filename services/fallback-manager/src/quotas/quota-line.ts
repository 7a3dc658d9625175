import { durationMs } from "@bufbuild/protobuf/wkt";
import type { AcquireQuotaResponse } from "@fairlead/contracts/balancing/v1/balancing_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure, type FairleadError } from "@fairlead/rpc/fairlead-error";
import { type MinuteLimits, OwnQuota } from "./own-quota.ts";
import type { ProviderQuotaSettings, QuotaRequest, ReleaseQuota } from "./provider-quotas.ts";
import { fits, isKnown, newShare, type QuotaShare, takeUnused } from "./quota-share.ts";
import { WaitingLine } from "./waiting-line.ts";

const ACQUIRE_MS = 1_000;
/** Milliseconds between two tries to reach a ledger that does not answer. */
const TRY_AGAIN_MS = 500;
/** A share is not used in the last part of its time, in which it may be over for the ledger already. */
const SAFETY = 0.1;
const MOST_REQUESTS = 100_000;
const MOST_TOKENS = 1e12;
/** Milliseconds after which an account that nobody asks for is forgotten; by then nothing it was handed counts. */
const IDLE_MS = 120_000;

/** The requests of one account: a share that they use up, and a line of those that wait for the next. */
export class QuotaLine {
  readonly #account: string;
  readonly #settings: ProviderQuotaSettings;
  readonly #own = new OwnQuota();
  readonly #retired = new Set<QuotaShare>();
  #limits: MinuteLimits = { requestsPerMinute: 0, tokensPerMinute: 0 };
  readonly #line = new WaitingLine<ReleaseQuota>();
  #share: QuotaShare | undefined;
  /** Served since the last share came: what to expect until the next. */
  #served = { requests: 0, tokens: 0 };
  /** Tokens used beyond shares of which nothing can be told to the ledger any more. */
  #debt = 0;
  #fetching = false;
  /** Monotonic time before which it is of no use to ask the ledger. */
  #askAgainAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #usedAt = performance.now();

  constructor(account: string, settings: ProviderQuotaSettings) {
    this.#account = account;
    this.#settings = settings;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** Waits for a place in a share. Rejects with RATE_LIMITED where that takes too long. */
  async acquire(request: QuotaRequest): Promise<ReleaseQuota> {
    const { limits } = request;
    const tokens = Math.max(0, Math.ceil(request.tokens));
    this.#usedAt = performance.now();
    this.#limits = { requestsPerMinute: limits.requestsPerMinute, tokensPerMinute: Number(limits.tokensPerMinute) };
    if (this.#limits.tokensPerMinute > 0 && tokens > this.#limits.tokensPerMinute) throw tooLarge();
    if (this.waiting === 0 && this.#fits(tokens)) return this.#take(tokens);
    const now = performance.now();
    const leftMs = (request.deadline ?? Number.POSITIVE_INFINITY) - this.#settings.tools.now();
    const giveUpAt = now + Math.min(this.#settings.maxWaitMs, leftMs);
    const leastWaitMs = Math.max(0, this.#askAgainAt - now);
    if (this.waiting >= this.#settings.maxWaiting) throw refused(Math.max(leastWaitMs, this.#settings.maxWaitMs));
    if (now + leastWaitMs > giveUpAt) throw refused(leastWaitMs);
    const { tenant, signal } = request;
    const entry = { tenant, weight: this.#settings.weightOf?.(tenant) ?? 1, cost: this.#costOf(tokens), tokens, signal, giveUpAt };
    const served = this.#line.wait(entry, () => refused(this.#estimateMs()));
    this.#pump();
    return served;
  }

  /** Looks after shares whose time is over. */
  sweep(): void {
    const now = performance.now();
    if (this.#share !== undefined && now >= this.#share.validUntil) void this.#retire();
    for (const share of this.#retired) {
      void this.#giveBack(share);
      if (share.inFlight === 0 || !isKnown(share, now)) this.#retired.delete(share);
    }
  }

  /** True when it can be forgotten. */
  idle(): boolean {
    const unused = this.waiting === 0 && this.#share === undefined && this.#retired.size === 0 && !this.#fetching;
    return unused && performance.now() - this.#usedAt > IDLE_MS;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#line.refuseAll(() => failure(ErrorCode.UNAVAILABLE, "The executor is closing."));
    await Promise.all([this.#retire(), ...[...this.#retired].map((share) => this.#giveBack(share))]);
    this.#retired.clear();
  }

  #fits(tokens: number): boolean {
    return this.#share !== undefined && fits(this.#share, tokens, performance.now());
  }

  #take(tokens: number): ReleaseQuota {
    const share = this.#share as QuotaShare;
    share.requests -= 1;
    share.tokens -= tokens;
    share.inFlight += 1;
    this.#served.requests += 1;
    this.#served.tokens += tokens;
    let ended = false;
    return (actualTokens) => {
      if (ended) return;
      ended = true;
      this.#end(share, tokens, actualTokens);
    };
  }

  #end(share: QuotaShare, tokens: number, actualTokens: number | undefined): void {
    share.inFlight -= 1;
    const used = Math.max(0, Math.ceil(actualTokens ?? 0));
    if (share.retired && !this.#retired.has(share)) {
      this.#debt = Math.min(this.#limits.tokensPerMinute, this.#debt + Math.max(0, used - tokens));
      return;
    }
    share.tokens += tokens - used;
    if (actualTokens === undefined) share.requests += 1;
    this.#pump();
  }

  /** Part of a minute that a request takes of the limit that it takes more of. */
  #costOf(tokens: number): number {
    const { requestsPerMinute, tokensPerMinute } = this.#limits;
    const ofRequests = requestsPerMinute > 0 ? 1 / requestsPerMinute : 0;
    return Math.max(ofRequests, tokensPerMinute > 0 ? tokens / tokensPerMinute : 0, 1e-9);
  }

  /** Milliseconds that what waits will take at least. */
  #estimateMs(): number {
    return Math.max(this.#askAgainAt - performance.now(), this.#line.cost * 60_000, TRY_AGAIN_MS);
  }

  #pump(): void {
    for (let next = this.#line.next(); next !== undefined && this.#fits(next); next = this.#line.next()) {
      this.#line.serve(this.#take(next));
    }
    if (this.waiting === 0 || this.#fetching) return;
    const waitMs = this.#askAgainAt - performance.now();
    if (waitMs <= 0) void this.#fetch();
    else this.#pumpIn(waitMs);
  }

  #pumpIn(waitMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#pump(), Math.ceil(waitMs));
  }

  async #fetch(): Promise<void> {
    const { balancing, holder, tools } = this.#settings;
    const askedAt = performance.now();
    const { requests, tokens, least } = this.#wanted();
    const request = {
      account: this.#account,
      holder,
      requestsPerMinute: this.#limits.requestsPerMinute,
      tokensPerMinute: BigInt(this.#limits.tokensPerMinute),
      wantedRequests: requests,
      wantedTokens: BigInt(tokens),
      minimumTokens: BigInt(least),
    };
    this.#fetching = true;
    try {
      this.#answered(await balancing.acquireQuota(request, { deadline: tools.now() + ACQUIRE_MS }), askedAt);
    } catch (error) {
      if (!this.#own.alone) tools.logger.warn({ account: this.#account, err: error }, "the ledger of quotas does not answer");
      this.#goOnAlone();
    } finally {
      this.#fetching = false;
    }
    this.#pump();
  }

  #wanted(): { requests: number; tokens: number; least: number } {
    const least = (this.#line.next() ?? 0) + this.#debt;
    const bounded = (amount: number, most: number) => Math.min(most, Math.ceil(amount));
    return {
      requests: Math.max(1, bounded(this.waiting + this.#served.requests, MOST_REQUESTS)),
      tokens: bounded(this.#line.tokens + this.#served.tokens + this.#debt, MOST_TOKENS),
      least: bounded(this.#limits.tokensPerMinute > 0 ? Math.min(least, this.#limits.tokensPerMinute) : least, MOST_TOKENS),
    };
  }

  #answered({ quotaId, requests, tokens, validFor, retryAfter }: AcquireQuotaResponse, askedAt: number): void {
    this.#own.reached();
    if (quotaId !== "") {
      const validMs = validFor === undefined ? 0 : durationMs(validFor) * (1 - SAFETY);
      this.#own.handed(this.#limits, requests, Number(tokens), askedAt);
      this.#adopt({ quotaId, handedAt: askedAt, validUntil: askedAt + validMs }, requests, Number(tokens));
    } else if (retryAfter === undefined) {
      this.#line.refuseNext(tooLarge());
    } else {
      // Routers that wait for the same account must not all ask at the same moment.
      this.#askAgainAt = performance.now() + durationMs(retryAfter) * (1 + Math.random() * 0.1);
      this.#line.refuseUntil(this.#askAgainAt, () => refused(this.#askAgainAt - performance.now()));
    }
  }

  #goOnAlone(): void {
    const now = performance.now();
    this.#own.lost(this.#limits, now);
    const { requests, tokens, least } = this.#wanted();
    const answer = this.#own.acquire(this.#limits, requests, tokens, least, now);
    if (answer?.kind === "granted") {
      this.#adopt({ quotaId: "", handedAt: now, validUntil: now + TRY_AGAIN_MS * 2 }, answer.requests, answer.tokens);
      return;
    }
    this.#askAgainAt = now + TRY_AGAIN_MS;
    if (answer === undefined) this.#line.refuseAll(() => refused(TRY_AGAIN_MS));
  }

  #adopt(facts: Pick<QuotaShare, "quotaId" | "handedAt" | "validUntil">, requests: number, tokens: number): void {
    void this.#retire();
    const { requestsPerMinute, tokensPerMinute } = this.#limits;
    const paid = Math.min(this.#debt, tokens);
    this.#debt -= paid;
    this.#share = newShare({
      ...facts,
      requests: requestsPerMinute > 0 ? requests : Number.POSITIVE_INFINITY,
      tokens: tokensPerMinute > 0 ? tokens - paid : Number.POSITIVE_INFINITY,
    });
    this.#served = { requests: 0, tokens: 0 };
    this.#askAgainAt = 0;
  }

  /** What is left goes back at once, and what its requests did not use as they end. */
  async #retire(): Promise<void> {
    const share = this.#share;
    if (share === undefined) return;
    this.#share = undefined;
    share.retired = true;
    if (share.quotaId !== "" && share.inFlight > 0) this.#retired.add(share);
    await this.#giveBack(share);
  }

  async #giveBack(share: QuotaShare): Promise<void> {
    if (!isKnown(share, performance.now())) return;
    const { requests, tokens } = takeUnused(share);
    if (requests === 0 && tokens === 0) return;
    const { balancing, tools } = this.#settings;
    this.#own.gaveBack(this.#limits, requests, tokens, share.handedAt);
    const { quotaId } = share;
    const request = { account: this.#account, quotaId, part: share.parts, unusedRequests: requests, unusedTokens: BigInt(tokens) };
    share.parts += 1;
    // A return that is lost leaves the ledger with less to hand out for a minute, never with more.
    await balancing.returnQuota(request, { deadline: tools.now() + ACQUIRE_MS }).catch((error: unknown) => {
      tools.logger.debug({ account: this.#account, err: error }, "a share of a quota could not be given back");
    });
  }
}

function refused(retryAfterMs: number): FairleadError {
  return failure(ErrorCode.RATE_LIMITED, "The provider's account lets no more through now.", { retryAfterMs: Math.ceil(retryAfterMs) });
}

function tooLarge(): FairleadError {
  return failure(ErrorCode.RATE_LIMITED, "The request is larger than the provider's account lets through in a minute.", {
    retryable: false,
  });
}
