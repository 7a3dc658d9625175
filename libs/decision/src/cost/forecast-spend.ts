import { cutTime } from "./forecast/cut-time.ts";
import type { ForecastState } from "./forecast/forecast-state.ts";
import { type Bucket, type ModelForecast, runModel } from "./forecast/run-model.ts";
import { spendInterval } from "./forecast/spend-interval.ts";
import { spendModels } from "./forecast/spend-models.ts";
import { weekFactors } from "./forecast/week-profile.ts";

/** A window of time, in unix milliseconds. */
export interface ForecastWindow {
  readonly startMs: number;
  /** The first millisecond after it. */
  readonly endMs: number;
}

/** What a window will have cost when it ends. All amounts are nano-dollars. */
export interface SpendForecast {
  /** Spent in the window so far. */
  readonly spentNanoUsd: bigint;
  readonly expectedNanoUsd: bigint;
  /** Lower end of the interval; never below what is spent. */
  readonly lowNanoUsd: bigint;
  readonly highNanoUsd: bigint;
  /** How often the interval should hold what the window will have cost, 0 to 1. */
  readonly coverage: number;
}

/** How often the interval should hold what the window will have cost. */
export const FORECAST_COVERAGE = 0.9;
/** What is believed of a bucket's standard deviation before anything is seen, in parts of its rate, and for how many buckets. */
const PRIOR_DEVIATION = 0.5;
const PRIOR_BUCKETS = 2;

/**
 * What a window will have cost when it ends.
 *
 * Several ways in which spend may go are run over the buckets seen, flat and with the shape of the week where it is known,
 * and averaged by how well each foretold every next bucket: Bayesian model averaging of structural time series (A. Harvey,
 * "Forecasting, Structural Time Series Models and the Kalman Filter", 1989; J. Hoeting et al., "Bayesian Model Averaging: A
 * Tutorial", 1999). The interval is wider the fewer buckets carry the spend, for bursts that were not seen may come.
 *
 * @param nowMs  unix milliseconds; spend after it must not have been told
 * @param window starts where a bucket starts; the one that holds `nowMs`
 * @returns undefined when nothing was spent for as long as is remembered: the scale is not known
 */
export function forecastSpend(state: ForecastState, nowMs: number, window: ForecastWindow): SpendForecast | undefined {
  const spent = spentIn(state, window);
  const rest = nowMs < window.endMs ? forecastRest(state, nowMs, window.endMs) : NOTHING;
  if (rest === undefined) return undefined;
  return {
    spentNanoUsd: spent,
    expectedNanoUsd: spent + nanoUsd(rest.expected),
    lowNanoUsd: spent + nanoUsd(rest.low),
    highNanoUsd: spent + nanoUsd(rest.high),
    coverage: FORECAST_COVERAGE,
  };
}

/** Nano-dollars from now to the end of the window. */
interface Rest {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

const NOTHING: Rest = { expected: 0, low: 0, high: 0 };

function forecastRest(state: ForecastState, nowMs: number, endMs: number): Rest | undefined {
  const flat = cutTime(state, nowMs, endMs, undefined);
  if (!(sumOf(flat.seen, ({ spend }) => spend) > 0 && sumOf(flat.seen, ({ weight }) => weight) > 0)) return undefined;
  const factors = weekFactors(state.profile);
  const cuts = factors === undefined ? [flat] : [flat, cutTime(state, nowMs, endMs, factors)];
  const { mean, variance } = average(cuts.flatMap(({ seen, toCome }) => runModels(state.bucketMs, seen, toCome)));
  const expected = Math.max(0, mean);
  return { expected, ...spendInterval(expected, Math.sqrt(variance), degreesOf(flat.seen)) };
}

function runModels(bucketMs: number, seen: readonly Bucket[], toCome: readonly Bucket[]): ModelForecast[] {
  const rate = sumOf(seen, ({ spend }) => spend) / sumOf(seen, ({ weight }) => weight);
  const prior = { rate, variance: (PRIOR_DEVIATION * rate) ** 2, buckets: PRIOR_BUCKETS };
  const squares = sumOf(seen, ({ weight, spend }) => (weight > 0 ? (spend - weight * rate) ** 2 / weight : 0));
  const variance = (PRIOR_BUCKETS * prior.variance + squares) / (PRIOR_BUCKETS + seen.length);
  return spendModels(bucketMs, variance / (rate * rate)).map((model) => runModel(model, prior, seen, toCome));
}

function average(forecasts: readonly ModelForecast[]): { mean: number; variance: number } {
  const most = forecasts.reduce((best, { evidence }) => Math.max(best, evidence), Number.NEGATIVE_INFINITY);
  const total = sumOf(forecasts, ({ evidence }) => Math.exp(evidence - most));
  const share = ({ evidence }: ModelForecast) => Math.exp(evidence - most) / total;
  const mean = sumOf(forecasts, (forecast) => share(forecast) * forecast.mean);
  const variance = sumOf(forecasts, (forecast) => share(forecast) * (forecast.variance + (forecast.mean - mean) ** 2));
  return { mean, variance };
}

/**
 * How many pairs of buckets carry the spend, less one: the participation ratio. Where one burst is nearly all of it, hardly
 * anything is known of bursts, however many empty buckets were seen.
 */
function degreesOf(seen: readonly Bucket[]): number {
  let squares = 0;
  for (let end = seen.length; end > 0; end -= 2) {
    squares += ((seen[end - 1]?.spend ?? 0) + (seen[end - 2]?.spend ?? 0)) ** 2;
  }
  return Math.max(1, sumOf(seen, ({ spend }) => spend) ** 2 / squares - 1);
}

function spentIn(state: ForecastState, { startMs, endMs }: ForecastWindow): bigint {
  const first = Math.max(0, Math.round((startMs - state.firstBucketMs) / state.bucketMs));
  const last = Math.max(0, Math.round((endMs - state.firstBucketMs) / state.bucketMs));
  return state.sums.slice(first, last).reduce((sum, amount) => sum + amount, 0n);
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

function nanoUsd(amount: number): bigint {
  return BigInt(Math.round(amount));
}
