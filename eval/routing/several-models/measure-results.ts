import { mean, quantile } from "simple-statistics";
import type { Result } from "./read-outcomes.ts";

/** What answers came to. */
export interface Measured {
  readonly accuracy: number;
  /** Dollars. */
  readonly costPerThousand: number;
  readonly costPerThousandRight: number;
  readonly latencyMs: number;
  readonly latencyP95Ms: number;
}

/** Adds up answers. */
export function measureResults(results: readonly Result[]): Measured {
  const latencies = results.map(({ latencyMs }) => latencyMs);
  const accuracy = mean(results.map(({ correct }) => correct));
  // A nano-dollar a call is a millionth of a dollar for a thousand calls.
  const costPerThousand = mean(results.map(({ costNanoUsd }) => costNanoUsd)) / 1e6;
  return {
    accuracy,
    costPerThousand,
    costPerThousandRight: costPerThousand / accuracy,
    latencyMs: mean(latencies),
    latencyP95Ms: quantile(latencies, 0.95),
  };
}

/** The mean of each figure. */
export function meanOf(all: readonly Measured[]): Measured {
  const of = (pick: (one: Measured) => number) => mean(all.map(pick));
  return {
    accuracy: of((one) => one.accuracy),
    costPerThousand: of((one) => one.costPerThousand),
    costPerThousandRight: of((one) => one.costPerThousandRight),
    latencyMs: of((one) => one.latencyMs),
    latencyP95Ms: of((one) => one.latencyP95Ms),
  };
}

/** Cost saved and quality lost against another choice, as shares of the other's. */
export function against(own: Measured, other: Measured): { readonly saved: number; readonly lost: number } {
  return { saved: 1 - own.costPerThousand / other.costPerThousand, lost: 1 - own.accuracy / other.accuracy };
}
