/** Budgets remembered at most. */
const MOST_BUDGETS = 10_000;
const MINUTE_MS = 60_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** Lets few requests of low priority through under budgets that are almost gone: a token bucket for each budget. */
export class BatchThrottle {
  readonly #perMinute: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** @returns 0 where the request may pass, otherwise milliseconds until the next may */
  wait(budgetId: string, now: number): number {
    if (this.#perMinute === 0) return MINUTE_MS;
    const bucket = this.#buckets.get(budgetId) ?? { tokens: 1, at: now };
    bucket.tokens = Math.min(1, bucket.tokens + (Math.max(0, now - bucket.at) * this.#perMinute) / MINUTE_MS);
    bucket.at = now;
    this.#buckets.set(budgetId, bucket);
    if (this.#buckets.size > MOST_BUDGETS) this.#buckets.delete(this.#buckets.keys().next().value as string);
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) * MINUTE_MS) / this.#perMinute);
    bucket.tokens -= 1;
    return 0;
  }
}
