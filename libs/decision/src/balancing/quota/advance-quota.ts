import {
  availableOf,
  type BucketLimits,
  fullBucket,
  giveBack,
  handOut,
  type QuotaBucket,
  refill,
  SLICE_MS,
  sliceAt,
  waitFor,
} from "./quota-bucket.ts";

/** An account of a provider: what was handed out of its limits. Plain, so that it can be stored and replayed. */
export interface QuotaAccountState {
  /** Undefined: nothing was handed out yet, or there is no limit. */
  readonly requests: QuotaBucket | undefined;
  readonly tokens: QuotaBucket | undefined;
  /** Shares that can still be given back, the oldest first. */
  readonly shares: readonly QuotaShare[];
}

/** What was handed out at once. */
export interface QuotaShare {
  readonly quotaId: string;
  readonly slice: number;
  /** What did not come back yet. */
  readonly requests: number;
  readonly tokens: number;
  /** Number of the next return. */
  readonly part: number;
}

/** What was not used of a share. */
export interface QuotaReturn {
  readonly quotaId: string;
  /** Position among the returns of the share, from 0. */
  readonly part: number;
  readonly unusedRequests: number;
  /** Below zero where more were used than the share had. */
  readonly unusedTokens: number;
}

/** What the limits of an account are, and how they are handed out. */
export interface QuotaLimits {
  /** 0: no limit. */
  readonly requestsPerMinute: number;
  /** 0: no limit. */
  readonly tokensPerMinute: number;
  /** Share of a minute that may be handed out at once, above 0 and up to 1. */
  readonly burst: number;
  readonly validForMs: number;
}

/** Asks for a share. */
export interface QuotaAsk extends QuotaLimits {
  /** Names the share; unique. */
  readonly quotaId: string;
  /** 1 or more. */
  readonly wantedRequests: number;
  readonly wantedTokens: number;
  /** The least of tokens that is of use. */
  readonly minimumTokens: number;
}

/** A share, or the milliseconds to wait for one; infinity where there can never be one. */
export type QuotaAnswer =
  | { readonly kind: "granted"; readonly requests: number; readonly tokens: number }
  | { readonly kind: "wait"; readonly retryAfterMs: number };

/** An account of which nothing was handed out. */
export const UNUSED_ACCOUNT: QuotaAccountState = { requests: undefined, tokens: undefined, shares: [] };

/** Of what is left, so much is handed out at once at most, so that others who ask get some too. */
export const LARGEST_PART = 1 / 4;
/** Shares remembered for giving back; of older ones nothing comes back. */
const MOST_SHARES = 1_000;

/** Hands out a share of an account's limits, or tells how long to wait. */
export function acquireQuota(
  state: QuotaAccountState,
  ask: QuotaAsk,
  now: number,
): { readonly state: QuotaAccountState; readonly answer: QuotaAnswer } {
  const ofRequests = limitsOf(ask.requestsPerMinute, ask);
  const ofTokens = limitsOf(ask.tokensPerMinute, ask);
  const requests = bucketNow(state.requests, ofRequests, now);
  const tokens = bucketNow(state.tokens, ofTokens, now);
  const least = Math.max(ask.minimumTokens, Math.min(1, ask.wantedTokens));
  const retryAfterMs = Math.max(waitOf(requests, ofRequests, 1, now), waitOf(tokens, ofTokens, least, now));
  if (retryAfterMs > 0) return { state: { ...state, requests, tokens }, answer: { kind: "wait", retryAfterMs } };
  const grantedRequests = partOf(requests, ofRequests, 1, Math.max(1, ask.wantedRequests));
  const grantedTokens = partOf(tokens, ofTokens, least, Math.max(least, ask.wantedTokens));
  const slice = sliceAt(now);
  const oldest = slice - Math.ceil((60_000 + ask.validForMs) / SLICE_MS);
  const share = { quotaId: ask.quotaId, slice, requests: grantedRequests, tokens: grantedTokens, part: 0 };
  const shares = [...state.shares.filter((one) => one.slice >= oldest), share].slice(-MOST_SHARES);
  return {
    state: {
      requests: requests && handOut(requests, grantedRequests, now),
      tokens: tokens && handOut(tokens, grantedTokens, now),
      shares,
    },
    answer: { kind: "granted", requests: grantedRequests, tokens: grantedTokens },
  };
}

/**
 * Takes back what was not used of a share, or counts what was used beyond it. The second time, and for a share that is
 * not remembered, it changes nothing.
 */
export function returnQuota(
  state: QuotaAccountState,
  limits: QuotaLimits,
  { quotaId, part, unusedRequests, unusedTokens }: QuotaReturn,
  now: number,
): QuotaAccountState {
  const share = state.shares.find((one) => one.quotaId === quotaId);
  if (share === undefined || part < share.part) return state;
  const back = { requests: Math.min(share.requests, unusedRequests), tokens: Math.min(share.tokens, unusedTokens) };
  const left = {
    ...share,
    part: part + 1,
    requests: share.requests - Math.max(0, back.requests),
    tokens: share.tokens - Math.max(0, back.tokens),
  };
  return {
    requests: takeBack(state.requests, limitsOf(limits.requestsPerMinute, limits), back.requests, share.slice, now),
    tokens: takeBack(state.tokens, limitsOf(limits.tokensPerMinute, limits), back.tokens, share.slice, now),
    shares: state.shares.map((one) => (one === share ? left : one)),
  };
}

function takeBack(
  bucket: QuotaBucket | undefined,
  limits: BucketLimits | undefined,
  amount: number,
  slice: number,
  now: number,
): QuotaBucket | undefined {
  const current = bucketNow(bucket, limits, now);
  if (current === undefined || limits === undefined) return current;
  return amount < 0 ? handOut(current, -amount, now) : giveBack(current, limits, amount, slice);
}

function limitsOf(perMinute: number, { burst, validForMs }: QuotaLimits): BucketLimits | undefined {
  return perMinute > 0 ? { perMinute, burst, validForMs } : undefined;
}

function bucketNow(bucket: QuotaBucket | undefined, limits: BucketLimits | undefined, now: number): QuotaBucket | undefined {
  if (limits === undefined) return undefined;
  return bucket === undefined ? fullBucket(limits, now) : refill(bucket, limits, now);
}

function waitOf(bucket: QuotaBucket | undefined, limits: BucketLimits | undefined, amount: number, now: number): number {
  return bucket === undefined || limits === undefined ? 0 : waitFor(bucket, limits, amount, now);
}

/** The least, or a part of what there is, but no more than was wanted; whole. */
function partOf(bucket: QuotaBucket | undefined, limits: BucketLimits | undefined, least: number, wanted: number): number {
  if (bucket === undefined || limits === undefined) return wanted;
  const part = Math.floor(availableOf(bucket, limits) * LARGEST_PART);
  return Math.min(wanted, Math.max(least, part));
}
