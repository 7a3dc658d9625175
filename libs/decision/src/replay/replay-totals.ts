import { quantile } from "./map-latency.ts";

/** What one request came to, or is expected to. */
export interface ReplayedRequest {
  /** Nano-dollars. */
  readonly cost: bigint;
  /** Milliseconds of the whole answer; undefined: there is none. */
  readonly latencyMs: number | undefined;
  /** How likely it gets no answer, 0 to 1. */
  readonly failure: number;
  /** How likely its first target fails, 0 to 1. */
  readonly firstFailure: number;
}

/** Figures over requests. */
export interface Totals {
  readonly requests: number;
  readonly costNanoUsd: bigint;
  readonly meanLatencyMs: number;
  readonly p95LatencyMs: number;
  readonly errorRate: number;
  readonly firstFailureRate: number;
  /** Undefined: none was answered. */
  readonly costPerSuccessNanoUsd: bigint | undefined;
}

/** Adds requests up. */
export class TotalsSum {
  #requests = 0;
  #cost = 0n;
  #failures = 0;
  #firstFailures = 0;
  readonly #latencies: number[] = [];

  add({ cost, latencyMs, failure, firstFailure }: ReplayedRequest): void {
    this.#requests += 1;
    this.#cost += cost;
    this.#failures += failure;
    this.#firstFailures += firstFailure;
    if (latencyMs !== undefined) this.#latencies.push(latencyMs);
  }

  read(): Totals {
    const rising = this.#latencies.toSorted((a, b) => a - b);
    const successes = this.#requests - this.#failures;
    const share = (count: number) => (this.#requests === 0 ? 0 : count / this.#requests);
    return {
      requests: this.#requests,
      costNanoUsd: this.#cost,
      meanLatencyMs: rising.length === 0 ? 0 : rising.reduce((sum, value) => sum + value, 0) / rising.length,
      p95LatencyMs: quantile(rising, 0.95),
      errorRate: share(this.#failures),
      firstFailureRate: share(this.#firstFailures),
      costPerSuccessNanoUsd: successes > 0 ? BigInt(Math.round(Number(this.#cost) / successes)) : undefined,
    };
  }
}
