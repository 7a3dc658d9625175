import { LogCollapsingLowestDenseDDSketch } from "@datadog/sketches-js";
import type { WindowFigures } from "@fairlead/decision/sla/judge-target";

/** How long a window is and how finely it moves. */
export interface WindowSettings {
  readonly windowMs: number;
  readonly slices: number;
}

/** A call that says something of a target. */
export interface Sample {
  readonly succeeded: boolean;
  /** Milliseconds. Undefined: it measures nothing. */
  readonly latencyMs: number | undefined;
}

/** Percentiles are off by at most this share of their value. */
export const RELATIVE_ERROR = 0.02;
/** Enough for latencies from one tenth of a millisecond to two hours at that error. */
const MOST_BINS = 512;

interface Slice {
  /** Milliseconds since 1970 divided by the length of a slice. */
  readonly number: number;
  calls: number;
  failures: number;
  readonly latency: LogCollapsingLowestDenseDDSketch;
}

/**
 * Counts and latencies of the last while, in slices that leave one after the other. Latencies are kept in a DDSketch a
 * slice (Masson, Rim, Lee: DDSketch, VLDB 2019), so memory is bounded by the slices: about 2 KB each.
 */
export class RollingWindow {
  readonly #settings: WindowSettings;
  #slices: Slice[] = [];

  constructor(settings: WindowSettings) {
    this.#settings = settings;
  }

  /** Takes in a call. A clock that went back counts into the newest slice. */
  add(sample: Sample, now: number): void {
    const slice = this.#sliceAt(now);
    slice.calls += 1;
    if (!sample.succeeded) slice.failures += 1;
    if (sample.latencyMs !== undefined) slice.latency.accept(sample.latencyMs);
  }

  /** Figures over the window that ends now. */
  figures(now: number): WindowFigures {
    const first = this.#numberAt(now) - this.#settings.slices;
    this.#slices = this.#slices.filter((slice) => slice.number > first);
    const latency = newSketch();
    let calls = 0;
    let failures = 0;
    for (const slice of this.#slices) {
      calls += slice.calls;
      failures += slice.failures;
      if (slice.latency.count > 0) latency.merge(slice.latency);
    }
    const percentile = (share: number) => (latency.count === 0 ? 0 : latency.getValueAtQuantile(share));
    return {
      calls,
      successRate: calls === 0 ? 1 : (calls - failures) / calls,
      latencyP50Ms: percentile(0.5),
      latencyP95Ms: percentile(0.95),
      latencyP99Ms: percentile(0.99),
    };
  }

  #numberAt(now: number): number {
    return sliceNumberAt(now, this.#settings);
  }

  #sliceAt(now: number): Slice {
    const number = this.#numberAt(now);
    const newest = this.#slices.at(-1);
    if (newest !== undefined && newest.number >= number) return newest;
    const slice: Slice = { number, calls: 0, failures: 0, latency: newSketch() };
    this.#slices = [...this.#slices.filter((kept) => kept.number > number - this.#settings.slices), slice];
    return slice;
  }
}

/** Number of the slice that a time is in; the window moves when it changes. */
export function sliceNumberAt(now: number, { windowMs, slices }: WindowSettings): number {
  return Math.floor((now * slices) / windowMs);
}

function newSketch(): LogCollapsingLowestDenseDDSketch {
  return new LogCollapsingLowestDenseDDSketch({ relativeAccuracy: RELATIVE_ERROR, binLimit: MOST_BINS });
}
