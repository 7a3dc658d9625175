/** Counts by bin: whole numbers that can be added and taken off again. */
export type Bins = { [bin: number]: bigint };

/** Percentiles are off by at most this share of their value. */
export const RELATIVE_ERROR = 0.02;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** A tenth of a millisecond to an hour: beyond, there is nothing to tell apart. This bounds the bins to some 440. */
const LEAST_MS = 0.1;
const MOST_MS = 3_600_000;

/** Bin i holds what lies above gamma^(i-1) and up to gamma^i milliseconds (Masson, Rim, Lee: DDSketch, VLDB 2019). */
export function binOf(milliseconds: number): number {
  return Math.ceil(Math.log(Math.min(Math.max(milliseconds, LEAST_MS), MOST_MS)) / LOG_GAMMA);
}

/** The milliseconds that a share of all lies at or below; undefined where nothing was measured. */
export function quantileOf(bins: Bins, share: number): number | undefined {
  const filled = Object.entries(bins).map(([bin, count]) => ({ bin: Number(bin), count: Number(count) }));
  const total = filled.reduce((sum, { count }) => sum + count, 0);
  let rank = share * (total - 1);
  for (const { bin, count } of filled.toSorted((left, right) => left.bin - right.bin)) {
    rank -= count;
    if (rank < 0) return (2 * GAMMA ** bin) / (GAMMA + 1);
  }
  return undefined;
}

/** How many were measured. */
export function countOf(bins: Bins): bigint {
  return Object.values(bins).reduce((sum, count) => sum + count, 0n);
}
