import type { RatePart, SpendModel } from "./spend-model.ts";

const HOUR_MS = 3_600_000;
/** Standard deviations of a drift that comes and goes, in parts of the rate. */
const DRIFTS = [0.5, 1, 2];
/** Paces over which such a drift is forgotten. */
const DRIFT_PACES = 3;
/** Standard deviations of a trend, in parts of the rate a pace; it is forgotten over one. */
const TRENDS = [1, 3];
/** How far the level under a trend wanders in a pace, in parts of the rate. */
const WANDER = 0.5;
/** How far any level wanders in a day, in parts of the rate. */
const DAILY_WANDER = 0.05;
/** Persistences of bursts from bucket to bucket, and their variances against that of a bucket. */
const BURST_PERSISTENCES = [0.5, 0.85];
const BURST_VARIANCES = [1, 4];
/** Where the level starts, against the mean so far: anywhere. */
const UNKNOWN = 100;

/**
 * The ways in which spend may go: with a drift that comes and goes or a trend that fades (E. Gardner and E. McKenzie,
 * "Forecasting trends in time series", 1985), each without and with bursts of several kinds. None is steady for ever: a
 * pace is an hour, in which the traffic of services was seen to change by tenths, or two buckets where that is longer.
 *
 * @param bucketMs         length of a bucket
 * @param relativeVariance variance of a bucket around its rate, in squares of the rate
 */
export function spendModels(bucketMs: number, relativeVariance: number): readonly SpendModel[] {
  const paces = bucketMs / Math.max(HOUR_MS, 2 * bucketMs);
  const rateSquared = 1 / relativeVariance;
  const wander = ((DAILY_WANDER ** 2 * bucketMs) / (24 * HOUR_MS)) * rateSquared;
  const level = { persistence: 1, step: wander, start: UNKNOWN * rateSquared };
  const drifts = DRIFTS.map((size) => ({
    prior: 0.5 / DRIFTS.length,
    level,
    drift: fading(Math.exp(-paces / DRIFT_PACES), size * size * rateSquared),
    driftIsSlope: false,
  }));
  const trends = TRENDS.map((size) => ({
    prior: 0.5 / TRENDS.length,
    level: { ...level, step: wander + WANDER ** 2 * paces * rateSquared },
    drift: fading(Math.exp(-paces), (size * paces) ** 2 * rateSquared),
    driftIsSlope: true,
  }));
  return [...drifts, ...trends].flatMap((model) =>
    BURSTS.map((bursts) => ({ ...model, bursts: bursts.part, prior: model.prior * bursts.prior })),
  );
}

const BURSTS: readonly { prior: number; part: RatePart }[] = [
  { prior: 0.5, part: fading(0, 0) },
  ...BURST_PERSISTENCES.flatMap((persistence) =>
    BURST_VARIANCES.map((variance) => ({ prior: 0.5 / 4, part: fading(persistence, variance) })),
  ),
];

/** A part that keeps its variance from bucket to bucket. */
function fading(persistence: number, variance: number): RatePart {
  return { persistence, step: variance * (1 - persistence * persistence), start: variance };
}
