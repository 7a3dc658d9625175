/** A mean of samples that count the less the older they are: each by exp(-age / time constant). */
export interface DecayedMean {
  readonly mean: number;
  /** Samples it rests on, each counted by its age, at the time `at`. */
  readonly weight: number;
  /** Unix milliseconds of the newest sample. */
  readonly at: number;
}

/** A mean that rests on nothing. */
export const UNMEASURED: DecayedMean = { mean: 0, weight: 0, at: 0 };

/**
 * Takes a sample into a mean. Every sample counts as one, whatever the rate at which samples come.
 *
 * @param now unix milliseconds; a clock that went back is taken as standing still
 */
export function addSample(state: DecayedMean, sample: number, now: number, timeConstantMs: number): DecayedMean {
  const weight = weightAt(state, now, timeConstantMs) + 1;
  return { mean: state.mean + (sample - state.mean) / weight, weight, at: Math.max(now, state.at) };
}

/** Samples that a mean rests on now. */
export function weightAt(state: DecayedMean, now: number, timeConstantMs: number): number {
  return state.weight * Math.exp(-Math.max(0, now - state.at) / timeConstantMs);
}
