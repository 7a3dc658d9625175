import { quantileSorted } from "simple-statistics";
import type { FleetTarget } from "./fleet.ts";
import type { Served } from "./simulate.ts";

/** What a replay shows of an algorithm. Times are milliseconds. */
export interface Measured {
  readonly algorithm: string;
  readonly utilisation: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly firstTokenP99Ms: number;
  /** Largest deviation of a target's part from its intended share, as a part of that share. */
  readonly requestSpread: number;
  readonly tokenSpread: number;
  /** Tokens in and out a second of what was answered while requests came. */
  readonly tokensPerSecond: number;
  /** Share of the prompt blocks that were in the cache of the target that read them. NaN: the trace names no blocks. */
  readonly cacheHitShare: number;
  readonly quantiles: readonly { readonly x: number; readonly y: number }[];
}

/** Part of a replay at its start that is not counted: nothing is measured yet. */
const WARM_UP = 0.05;
const QUANTILES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.993, 0.995, 0.997, 0.999];

/** Measures a replay. */
export function measure(
  algorithm: string,
  utilisation: number,
  fleet: readonly FleetTarget[],
  served: readonly Served[],
): Measured {
  const counted = served.slice(Math.floor(served.length * WARM_UP));
  const latencies = sorted(counted.map(({ latencyMs }) => latencyMs));
  const firstTokens = sorted(counted.map(({ firstTokenMs }) => firstTokenMs));
  const sum = (figure: (one: Served) => number) => counted.reduce((total, one) => total + figure(one), 0);
  const from = counted[0]?.atMs ?? 0;
  const until = counted.at(-1)?.atMs ?? 0;
  const inTime = (one: Served) => one.atMs + one.latencyMs <= until;
  return {
    algorithm,
    utilisation,
    meanMs: sum((one) => one.latencyMs) / counted.length,
    p50Ms: quantileSorted(latencies, 0.5),
    p99Ms: quantileSorted(latencies, 0.99),
    firstTokenP99Ms: quantileSorted(firstTokens, 0.99),
    requestSpread: spread(fleet, counted, () => 1),
    tokenSpread: spread(fleet, counted, ({ tokens }) => tokens),
    tokensPerSecond: (sum((one) => (inTime(one) ? one.tokens : 0)) * 1_000) / (until - from),
    cacheHitShare: sum(({ cachedBlocks }) => cachedBlocks) / sum(({ blocks }) => blocks),
    quantiles: QUANTILES.map((quantile) => ({ x: quantile * 100, y: quantileSorted(latencies, quantile) / 1_000 })),
  };
}

function spread(fleet: readonly FleetTarget[], served: readonly Served[], figure: (one: Served) => number): number {
  const parts = fleet.map(() => 0);
  let total = 0;
  for (const one of served) {
    parts[one.target] = (parts[one.target] ?? 0) + figure(one);
    total += figure(one);
  }
  const weights = fleet.reduce((sum, { weight }) => sum + weight, 0);
  return Math.max(
    ...fleet.map(({ weight }, index) => Math.abs(((parts[index] ?? 0) * weights) / (total * weight) - 1)),
  );
}

function sorted(values: number[]): number[] {
  return values.sort((left, right) => left - right);
}
