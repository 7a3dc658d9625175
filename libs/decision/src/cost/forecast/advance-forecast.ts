import { type ForecastState, MAX_BUCKETS } from "./forecast-state.ts";
import { advanceProfile, type WeekProfile } from "./week-profile.ts";

/** Spend at a time. */
export interface SpendAt {
  readonly costNanoUsd: bigint;
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** The shape of the week is learned from buckets this long and longer: those of windows of a day and more. */
const SHORTEST_PROFILE_BUCKET_MS = 900_000;

/**
 * Takes spend in. Costs of about the same time may be summed first.
 *
 * @returns the state unchanged when the time lies before all buckets that are remembered
 */
export function advanceForecast(state: ForecastState, spend: SpendAt): ForecastState {
  const index = Math.floor((spend.atMs - state.firstBucketMs) / state.bucketMs);
  if (index < 0) return state;
  if (index < state.sums.length) {
    return { ...state, sums: state.sums.with(index, (state.sums[index] ?? 0n) + spend.costNanoUsd) };
  }
  const dropped = Math.max(0, index + 1 - MAX_BUCKETS);
  const sums = state.sums.slice(dropped);
  while (dropped + sums.length < index) sums.push(0n);
  sums.push(spend.costNanoUsd);
  return {
    ...state,
    firstBucketMs: state.firstBucketMs + dropped * state.bucketMs,
    sums,
    profile: closeBuckets(state, index),
  };
}

/** The last bucket and the silence after it are over and go into the profile; of a long silence, its last part. */
function closeBuckets(state: ForecastState, index: number): WeekProfile {
  let profile = state.profile;
  if (state.bucketMs < SHORTEST_PROFILE_BUCKET_MS) return profile;
  for (let closed = Math.max(0, state.sums.length - 1, index - MAX_BUCKETS); closed < index; closed++) {
    const end = state.firstBucketMs + (closed + 1) * state.bucketMs;
    const start = Math.max(end - state.bucketMs, state.sinceMs);
    if (end > start) profile = advanceProfile(profile, start, end - start, Number(state.sums[closed] ?? 0n));
  }
  return profile;
}
