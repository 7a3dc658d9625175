import type { Machine } from "./machine.ts";
import { CONNECTIONS, type ShapeResult, STREAM_PACE, STREAM_RATE } from "./measure-shape.ts";
import type { DecisionResult } from "./measure-decision.ts";
import type { BenchOptions } from "./options.ts";

/** A run as it is written down. */
export interface BenchReport {
  readonly machine: Machine;
  readonly method: readonly string[];
  /** Timings of the pure decision; empty: not measured. */
  readonly decision: DecisionResult;
  readonly results: readonly ShapeResult[];
  /** Shapes that could not be measured, and why. */
  readonly failures: Readonly<Record<string, string>>;
}

/** Says how the figures come about. */
export function describeMethod({ seconds }: BenchOptions): string[] {
  return [
    "Decision: 50 models of 10 providers in 10 regions each, 500 targets; one process, 4,000 runs after 4,000.",
    "Load generator, shape and simulated provider, which answers at once, are processes that share this machine.",
    "A request of 1.5 KB, an answer of 1 KB; a stream of 100 chunks. The model is named, the strategy is the default.",
    `Throughput: ${CONNECTIONS} connections ask again once answered, ${seconds} s after warm-up; streams in a burst.`,
    `Latency: constant arrival, from when due, ${seconds} s; ${STREAM_RATE} streams/s of ${STREAM_PACE} tokens/s.`,
    "Added: minus direct at the same rate. CPU: user and system of the shape's own processes, for each request.",
  ];
}
