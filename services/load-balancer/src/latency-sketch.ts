import { LogCollapsingLowestDenseDDSketch } from "@datadog/sketches-js";

/** Percentiles of a latency in milliseconds. 0: not measured. */
export interface LatencyPercentiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

interface Part {
  readonly number: number;
  readonly sketch: LogCollapsingLowestDenseDDSketch;
}

const PARTS = 4;
/** Relative error of a percentile. */
const ACCURACY = 0.01;
/** Bins of a sketch: at 1 % they span latencies from 1 to 28,000 ms; below that they collapse. */
const BINS = 512;

/** Percentiles over a window that rolls on in quarters, in bounded memory whatever the number of samples. */
export class LatencySketch {
  readonly #partMs: number;
  #parts: Part[] = [];
  /** Merging is worth avoiding: targets are read far more often than they change while there is little traffic. */
  #known: LatencyPercentiles | undefined;

  constructor(windowMs: number) {
    this.#partMs = windowMs / PARTS;
  }

  /** Takes a sample. @param now unix milliseconds */
  add(latencyMs: number, now: number): void {
    this.#forget(now);
    const number = Math.max(this.#parts.at(-1)?.number ?? 0, this.#numberAt(now));
    if (this.#parts.at(-1)?.number !== number) this.#parts.push({ number, sketch: newSketch() });
    this.#parts.at(-1)?.sketch.accept(latencyMs);
    this.#known = undefined;
  }

  /** The percentiles of the window that ends now. */
  read(now: number): LatencyPercentiles {
    if (this.#forget(now)) this.#known = undefined;
    this.#known ??= percentilesOf(this.#parts);
    return this.#known;
  }

  #forget(now: number): boolean {
    const oldest = this.#numberAt(now) - PARTS;
    const kept = this.#parts.filter(({ number }) => number > oldest);
    const forgot = kept.length < this.#parts.length;
    if (forgot) this.#parts = kept;
    return forgot;
  }

  #numberAt(now: number): number {
    return Math.floor(now / this.#partMs);
  }
}

function percentilesOf(parts: readonly Part[]): LatencyPercentiles {
  if (parts.length === 0) return { p50Ms: 0, p95Ms: 0, p99Ms: 0 };
  const all = newSketch();
  for (const { sketch } of parts) all.merge(sketch);
  const at = (quantile: number) => all.getValueAtQuantile(quantile);
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}

function newSketch(): LogCollapsingLowestDenseDDSketch {
  return new LogCollapsingLowestDenseDDSketch({ relativeAccuracy: ACCURACY, binLimit: BINS });
}
