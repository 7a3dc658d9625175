import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { LoadResult, Percentiles } from "./load-job.ts";

const MAX_REASONS = 3;
const NANOSECONDS = 1e6;

/** Counts answers and their times within one stretch of time. Memory does not grow with the count. */
export class Tally {
  readonly #latency = histogram();
  readonly #firstToken = histogram();
  readonly #reasons = new Set<string>();
  #errors = 0;

  /** Adds an answer; both times in milliseconds, that of the first token undefined where there is no stream. */
  answered(latencyMs: number, firstTokenMs: number | undefined): void {
    this.#latency.record(toNanoseconds(latencyMs));
    if (firstTokenMs !== undefined) this.#firstToken.record(toNanoseconds(firstTokenMs));
  }

  failed(thrown: unknown): void {
    this.#errors += 1;
    if (this.#reasons.size < MAX_REASONS) this.#reasons.add(thrown instanceof Error ? thrown.message : String(thrown));
  }

  result(seconds: number): LoadResult {
    return {
      answered: this.#latency.count,
      perSecond: this.#latency.count / seconds,
      errors: this.#errors,
      reasons: [...this.#reasons],
      latency: percentiles(this.#latency),
      firstToken: this.#firstToken.count === 0 ? undefined : percentiles(this.#firstToken),
    };
  }
}

function histogram(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: 120_000 * NANOSECONDS, figures: 3 });
}

function toNanoseconds(milliseconds: number): number {
  return Math.max(1, Math.round(milliseconds * NANOSECONDS));
}

function percentiles(times: RecordableHistogram): Percentiles {
  if (times.count === 0) return { p50: Number.NaN, p99: Number.NaN };
  return { p50: times.percentile(50) / NANOSECONDS, p99: times.percentile(99) / NANOSECONDS };
}
