/** A latency that jumps up at once and comes down slowly. */
export interface PeakEwma {
  /** Milliseconds. 0: not measured. */
  readonly valueMs: number;
  /** Unix milliseconds of the newest sample. */
  readonly at: number;
}

/** A latency that was never measured. */
export const NO_LATENCY: PeakEwma = { valueMs: 0, at: 0 };

/**
 * Takes a sample into a latency: a slower one is believed at once, a faster one as far as time has passed.
 * The peak-EWMA of Finagle (loadbalancer/PeakEwma.scala): cost = cost * w + sample * (1 - w), w = exp(-dt / tau).
 *
 * @param now unix milliseconds; a clock that went back is taken as standing still
 */
export function observePeak(state: PeakEwma, sampleMs: number, now: number, timeConstantMs: number): PeakEwma {
  const at = Math.max(now, state.at);
  if (sampleMs >= state.valueMs) return { valueMs: sampleMs, at };
  const kept = Math.exp(-(at - state.at) / timeConstantMs);
  return { valueMs: state.valueMs * kept + sampleMs * (1 - kept), at };
}
