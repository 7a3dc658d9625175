/** A target of a plan that has failed in a way that it may get over. */
export interface RetryCandidate {
  /** Place in the plan. */
  readonly index: number;
  /** Further calls made of it so far. */
  readonly retries: number;
  /** Unix milliseconds before which it does not want to be called; 0: at any time. */
  readonly notBefore: number;
}

/** Who is called again, and when. */
export interface RetryChoice {
  readonly index: number;
  /** Milliseconds to wait before the call. */
  readonly waitMs: number;
}

/** Bounds of the choice. */
export interface RetryBounds {
  /** Further calls of one target at most. */
  readonly retriesPerTarget: number;
  /** Unix milliseconds by which everything must have ended. */
  readonly deadline: number;
}

/**
 * Chooses whom to call again once every target of a plan has failed: of those that can be called within the time left,
 * the one with the fewest further calls that can be called first; of equals the one that the plan prefers. A target is
 * never called before the time that its provider asked for; who wants to rest for longer than there is time is left out.
 *
 * @param now    unix milliseconds
 * @param waitMs gives the milliseconds of backing off before the n-th further call of a target, n from 1, no less than
 *               the milliseconds given second
 */
export function chooseRetry(
  candidates: readonly RetryCandidate[],
  now: number,
  bounds: RetryBounds,
  waitMs: (retry: number, leastMs: number) => number,
): RetryChoice | undefined {
  let best: (RetryChoice & { readonly retries: number; readonly rest: number }) | undefined;
  for (const { index, retries, notBefore } of candidates) {
    if (retries >= bounds.retriesPerTarget) continue;
    const rest = Math.max(0, notBefore - now);
    if (now + rest >= bounds.deadline) continue;
    if (best !== undefined && (retries > best.retries || (retries === best.retries && rest >= best.rest))) continue;
    const wait = waitMs(retries + 1, rest);
    if (now + wait < bounds.deadline) best = { index, waitMs: wait, retries, rest };
  }
  return best === undefined ? undefined : { index: best.index, waitMs: best.waitMs };
}
