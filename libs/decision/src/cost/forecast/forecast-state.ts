import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { EMPTY_PROFILE, type WeekProfile } from "./week-profile.ts";

/** What a forecast remembers. Plain and bounded; it holds bigints, so it goes through `forecastToJson` to be stored. */
export interface ForecastState {
  /** Unix milliseconds from which on all spend was told. */
  readonly sinceMs: number;
  /** Unix milliseconds at which the oldest bucket starts. */
  readonly firstBucketMs: number;
  /** Length of a bucket in milliseconds. */
  readonly bucketMs: number;
  /** Nano-dollars by bucket, oldest first, at most MAX_BUCKETS. Buckets after the last one are empty. */
  readonly sums: readonly bigint[];
  /** Shape of the week, learned from the buckets of windows of a day and more. */
  readonly profile: WeekProfile;
}

/** The same as JSON holds it. */
export interface ForecastStateJson extends Omit<ForecastState, "sums"> {
  readonly sums: readonly string[];
}

/** Buckets that are remembered: those of the current window and of two or more before it. */
export const MAX_BUCKETS = 256;
/** Buckets in a window that does not lie on the clock. */
const BUCKETS_PER_WINDOW = 48;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * A forecast for windows of any length that has seen nothing yet. Its buckets, 48 to a window, start at `sinceMs`.
 *
 * @param sinceMs  unix milliseconds from which on all spend will be told; windows should start there or whole windows later
 * @param windowMs length of the windows that will be asked for
 */
export function startForecast(sinceMs: number, windowMs: number): ForecastState {
  const bucketMs = Math.max(1, windowMs / BUCKETS_PER_WINDOW);
  return { sinceMs, firstBucketMs: sinceMs, bucketMs, sums: [], profile: EMPTY_PROFILE };
}

/**
 * A forecast for the windows of a budget that has seen nothing yet. Its buckets lie on the clock.
 *
 * @param sinceMs unix milliseconds from which on all spend will be told
 * @returns undefined for windows that last for one request: there is nothing to forecast
 */
export function startBudgetForecast(window: BudgetWindow, sinceMs: number): ForecastState | undefined {
  const bucketMs = budgetBucketMs(window);
  if (bucketMs === undefined) return undefined;
  return {
    sinceMs,
    firstBucketMs: Math.floor(sinceMs / bucketMs) * bucketMs,
    bucketMs,
    sums: [],
    profile: EMPTY_PROFILE,
  };
}

/** Lengths that divide a day, so that every window of the kind starts with a bucket. */
function budgetBucketMs(window: BudgetWindow): number | undefined {
  switch (window) {
    case BudgetWindow.HOUR:
      return MINUTE_MS;
    case BudgetWindow.DAY:
      return 30 * MINUTE_MS;
    case BudgetWindow.WEEK:
      return 2 * HOUR_MS;
    case BudgetWindow.MONTH:
      return 8 * HOUR_MS;
    case BudgetWindow.REQUEST:
    case BudgetWindow.UNSPECIFIED:
      return undefined;
  }
}

/** For a store. */
export function forecastToJson(state: ForecastState): ForecastStateJson {
  return { ...state, sums: state.sums.map(String) };
}

/**
 * From a store.
 *
 * @throws SyntaxError when a sum is not a whole number
 */
export function forecastFromJson(json: ForecastStateJson): ForecastState {
  return { ...json, sums: json.sums.map(BigInt) };
}
