import { LogCollapsingLowestDenseDDSketch } from "@datadog/sketches-js";
import { wasAvailable, type WindowFigures } from "@fairlead/decision/sla/window-figures";

/** How long a window is and how finely it moves. */
export interface WindowSettings {
  readonly windowMs: number;
  readonly slices: number;
}

/** A call that says something of its target. */
export interface Sample {
  readonly succeeded: boolean;
  /** Milliseconds. Undefined: it measures nothing. */
  readonly latencyMs: number | undefined;
  /** Dollars. */
  readonly cost: number;
  /** Score of the answer's quality, 0 to 1. Undefined: not scored. */
  readonly quality: number | undefined;
}

/** Percentiles are off by at most this share of their value. */
export const RELATIVE_ERROR = 0.02;
/** Enough for latencies from one tenth of a millisecond to two hours at that error. */
const MOST_BINS = 512;
const MINUTE = 60_000;

interface Slice {
  /** Milliseconds since 1970 divided by the length of a slice. */
  readonly number: number;
  succeeded: number;
  failed: number;
  checksAnswered: number;
  checksFailed: number;
  latencyMs: number;
  cost: number;
  quality: number;
  scored: number;
  readonly latency: LogCollapsingLowestDenseDDSketch;
}

/**
 * Counts and latencies of the last while, in slices that leave one after the other. Latencies are kept in a DDSketch a
 * slice (Masson, Rim, Lee: DDSketch, VLDB 2019), so memory is bounded by the slices: about 2 KB each.
 */
export class RollingWindow {
  readonly #settings: WindowSettings;
  #countedSince: number;
  #slices: Slice[] = [];
  /** Latencies of all slices but the newest, for as long as those stay the same. */
  #older: { readonly newest: number; readonly count: number; readonly latency: LogCollapsingLowestDenseDDSketch } | undefined;

  /** @param countedSince Unix milliseconds since which nothing was missed */
  constructor(settings: WindowSettings, countedSince = 0) {
    this.#settings = settings;
    this.#countedSince = countedSince;
  }

  /** Takes in a call. A clock that went back counts into the newest slice. */
  add(sample: Sample, now: number): void {
    const slice = this.#sliceAt(now);
    if (sample.succeeded) slice.succeeded += 1;
    else slice.failed += 1;
    slice.cost += sample.cost;
    if (sample.latencyMs !== undefined) {
      slice.latency.accept(sample.latencyMs);
      slice.latencyMs += sample.latencyMs;
    }
    if (sample.quality !== undefined) {
      slice.quality += sample.quality;
      slice.scored += 1;
    }
  }

  /** Takes in a check of the provider. */
  addCheck(answered: boolean, now: number): void {
    const slice = this.#sliceAt(now);
    if (answered) slice.checksAnswered += 1;
    else slice.checksFailed += 1;
  }

  /** Forgets everything so far. */
  restart(now: number): void {
    this.#slices = [];
    this.#older = undefined;
    this.#countedSince = now;
  }

  /** Figures over the window that ends now. */
  figures(now: number): WindowFigures {
    this.#forget(sliceNumberAt(now, this.#settings) - this.#settings.slices);
    const total = this.#total();
    const latency = this.#latency();
    const calls = total.succeeded + total.failed;
    const minutes = now - this.#countedSince >= this.#settings.windowMs ? this.#settings.windowMs / MINUTE : undefined;
    const percentile = (share: number) => (latency.count === 0 ? 0 : latency.getValueAtQuantile(share));
    return {
      calls,
      checks: total.checksAnswered + total.checksFailed,
      successRate: calls === 0 ? 1 : total.succeeded / calls,
      availability: total.known === 0 ? undefined : total.up / total.known,
      measured: latency.count,
      latencyMeanMs: latency.count === 0 ? 0 : total.latencyMs / latency.count,
      latencyP50Ms: percentile(0.5),
      latencyP95Ms: percentile(0.95),
      latencyP99Ms: percentile(0.99),
      callsPerMinute: minutes === undefined ? undefined : calls / minutes,
      cost: total.cost,
      costPerMinute: minutes === undefined ? undefined : total.cost / minutes,
      quality: total.scored === 0 ? undefined : total.quality / total.scored,
    };
  }

  #total() {
    const total = { succeeded: 0, failed: 0, checksAnswered: 0, checksFailed: 0, latencyMs: 0, cost: 0, quality: 0, scored: 0, up: 0, known: 0 };
    for (const slice of this.#slices) {
      total.succeeded += slice.succeeded;
      total.failed += slice.failed;
      total.checksAnswered += slice.checksAnswered;
      total.checksFailed += slice.checksFailed;
      total.latencyMs += slice.latencyMs;
      total.cost += slice.cost;
      total.quality += slice.quality;
      total.scored += slice.scored;
      const available = wasAvailable(slice);
      if (available !== undefined) total.known += 1;
      if (available === true) total.up += 1;
    }
    return total;
  }

  /** Latencies of all slices. Merging all of them at each look would cost more than all else. */
  #latency(): LogCollapsingLowestDenseDDSketch {
    const newest = this.#slices.at(-1);
    if (newest === undefined) return newSketch();
    if (this.#older?.newest !== newest.number || this.#older.count !== this.#slices.length) {
      const latency = newSketch();
      for (const slice of this.#slices) if (slice !== newest && slice.latency.count > 0) latency.merge(slice.latency);
      this.#older = { newest: newest.number, count: this.#slices.length, latency };
    }
    if (this.#older.latency.count === 0) return newest.latency;
    if (newest.latency.count === 0) return this.#older.latency;
    const all = newSketch();
    all.merge(this.#older.latency);
    all.merge(newest.latency);
    return all;
  }

  #forget(upTo: number): void {
    if (this.#slices.some(({ number }) => number <= upTo)) this.#slices = this.#slices.filter(({ number }) => number > upTo);
  }

  #sliceAt(now: number): Slice {
    const number = sliceNumberAt(now, this.#settings);
    const newest = this.#slices.at(-1);
    if (newest !== undefined && newest.number >= number) return newest;
    this.#forget(number - this.#settings.slices);
    const counts = { succeeded: 0, failed: 0, checksAnswered: 0, checksFailed: 0, latencyMs: 0, cost: 0, quality: 0, scored: 0 };
    const slice: Slice = { number, ...counts, latency: newSketch() };
    this.#slices.push(slice);
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
