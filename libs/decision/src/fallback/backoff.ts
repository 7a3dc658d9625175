/** How long to wait between calls of the same target. */
export interface BackoffSettings {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Defaults: from 100 milliseconds to five seconds. */
export const DEFAULT_BACKOFF: BackoffSettings = { firstMs: 100, mostMs: 5_000 };

/**
 * Milliseconds to wait before a further call: exponential with full jitter (M. Brooker, "Exponential Backoff And
 * Jitter", 2015), and never less than the provider asked for.
 *
 * @param retry        1 for the first further call
 * @param random       0 to 1
 * @param retryAfterMs what the provider asked for; 0: nothing
 */
export function backoff(retry: number, random: number, retryAfterMs: number, settings: BackoffSettings): number {
  const most = Math.min(settings.mostMs, settings.firstMs * 2 ** (retry - 1));
  return Math.max(retryAfterMs, Math.round(random * most));
}
