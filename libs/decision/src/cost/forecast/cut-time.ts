import { type ForecastState, MAX_BUCKETS } from "./forecast-state.ts";
import type { Bucket } from "./run-model.ts";
import { spanFactor } from "./week-profile.ts";

/** A part of a bucket shorter than this is seen as one with its neighbour: its cost says too little by itself. */
const SHORTEST_PART = 0.5;

/**
 * The time remembered and the rest of a window in buckets. The bucket that holds now is the last one seen, up to now, and
 * the first one to come, from now.
 *
 * @param factors of the hours of the week; undefined: all alike
 */
export function cutTime(
  state: ForecastState,
  nowMs: number,
  endMs: number,
  factors: readonly number[] | undefined,
): { seen: Bucket[]; toCome: Bucket[] } {
  const current = Math.floor((nowMs - state.firstBucketMs) / state.bucketMs);
  const last = Math.ceil((endMs - state.firstBucketMs) / state.bucketMs);
  const bucket = (index: number, fromMs: number, toMs: number): Bucket => {
    const start = Math.max(state.firstBucketMs + index * state.bucketMs, fromMs);
    const end = Math.min(state.firstBucketMs + (index + 1) * state.bucketMs, toMs);
    return { weight: weightOf(state, start, end, factors), spend: Number(state.sums[index] ?? 0n) };
  };
  const first = Math.max(0, current + 1 - MAX_BUCKETS);
  const seen: Bucket[] = [];
  for (let index = first; index <= current; index++) seen.push(bucket(index, state.sinceMs, nowMs));
  const startOf = (index: number) => state.firstBucketMs + index * state.bucketMs;
  if (nowMs - startOf(current) < SHORTEST_PART * state.bucketMs) joinNeighbours(seen, seen.length - 2);
  if (startOf(first + 1) - state.sinceMs < SHORTEST_PART * state.bucketMs) joinNeighbours(seen, 0);
  const toCome: Bucket[] = [];
  for (let index = current; index < last; index++) toCome.push(bucket(index, nowMs, endMs));
  return { seen, toCome };
}

function joinNeighbours(buckets: Bucket[], index: number): void {
  const [left, right] = [buckets[index], buckets[index + 1]];
  if (left === undefined || right === undefined) return;
  buckets.splice(index, 2, { weight: left.weight + right.weight, spend: left.spend + right.spend });
}

function weightOf(
  state: ForecastState,
  startMs: number,
  endMs: number,
  factors: readonly number[] | undefined,
): number {
  if (endMs <= startMs) return 0;
  const length = (endMs - startMs) / state.bucketMs;
  return factors === undefined ? length : length * spanFactor(factors, startMs, endMs - startMs);
}
