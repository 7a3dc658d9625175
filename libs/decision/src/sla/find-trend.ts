import { cumulativeStdNormalProbability, median } from "simple-statistics";

/** A figure at a time. */
export interface TrendPoint {
  /** Unix milliseconds. */
  readonly at: number;
  readonly value: number;
}

/** A line through figures. */
export interface Trend {
  /** Change of the figure an hour. */
  readonly slopePerHour: number;
  /** Chance of such a trend in figures that have none, 0 to 1. */
  readonly pValue: number;
  readonly significant: boolean;
  readonly points: number;
}

/** Fewer points show no trend. */
const LEAST_POINTS = 10;
const SIGNIFICANCE = 0.05;
const HOUR = 3_600_000;

/**
 * Whether figures rise or fall: the slope is the median of the slopes between all pairs (Sen 1968), its significance that
 * of Mann and Kendall's test with the variance corrected for ties (Kendall 1975). Neither is moved by a few outliers. At most a few
 * hundred points: the time grows with their square.
 */
export function findTrend(points: readonly TrendPoint[]): Trend {
  if (points.length < LEAST_POINTS) return { slopePerHour: 0, pValue: 1, significant: false, points: points.length };
  const slopes: number[] = [];
  let signs = 0;
  points.forEach((later, index) => {
    for (const earlier of points.slice(0, index)) {
      signs += Math.sign(later.value - earlier.value);
      if (later.at !== earlier.at) slopes.push(((later.value - earlier.value) / (later.at - earlier.at)) * HOUR);
    }
  });
  const pValue = probabilityOf(signs, varianceOf(points));
  const slopePerHour = slopes.length === 0 ? 0 : median(slopes);
  return { slopePerHour, pValue, significant: pValue < SIGNIFICANCE, points: points.length };
}

function varianceOf(points: readonly TrendPoint[]): number {
  const ties = new Map<number, number>();
  for (const { value } of points) ties.set(value, (ties.get(value) ?? 0) + 1);
  const term = (count: number) => count * (count - 1) * (2 * count + 5);
  let variance = term(points.length);
  for (const count of ties.values()) variance -= term(count);
  return variance / 18;
}

function probabilityOf(signs: number, variance: number): number {
  if (variance <= 0 || signs === 0) return 1;
  const z = (Math.abs(signs) - 1) / Math.sqrt(variance);
  return Math.min(1, 2 * (1 - cumulativeStdNormalProbability(z)));
}
