/** A share of an account's limits as it stands here. */
export interface QuotaShare {
  /** Empty: it is this executor's own and is not given back. */
  readonly quotaId: string;
  /** When it was asked for, on the monotonic clock, so that a clock that is set does not make a share longer. */
  readonly handedAt: number;
  readonly validUntil: number;
  /** Left to use, or to give back once it is no longer used. Infinity: no limit. */
  requests: number;
  /** The same of tokens; below zero where requests used more than they reserved. */
  tokens: number;
  /** Requests that have not ended. */
  inFlight: number;
  /** True when nothing more is taken from it. */
  retired: boolean;
  /** Returns so far. */
  parts: number;
}

/** The ledger knows a share for two minutes; what is sent back must be there by then. */
const KNOWN_MS = 110_000;

/** Makes a share that was handed out. */
export function newShare(
  facts: Pick<QuotaShare, "quotaId" | "validUntil" | "handedAt" | "requests" | "tokens">,
): QuotaShare {
  return { ...facts, inFlight: 0, retired: false, parts: 0 };
}

/** True when a request fits into what is left. */
export function fits(share: QuotaShare, tokens: number, now: number): boolean {
  return !share.retired && now < share.validUntil && share.requests >= 1 && share.tokens >= tokens;
}

/** True while what becomes known of its requests can still be told to the ledger. */
export function isKnown(share: QuotaShare, now: number): boolean {
  return share.quotaId !== "" && now - share.handedAt < KNOWN_MS;
}

/** What is to be given back of a share now, after which nothing of that is left here. */
export function takeUnused(share: QuotaShare): { requests: number; tokens: number } {
  const requests = Number.isFinite(share.requests) ? share.requests : 0;
  const tokens = Number.isFinite(share.tokens) ? Math.floor(share.tokens) : 0;
  share.requests -= requests;
  share.tokens -= tokens;
  return { requests, tokens };
}
