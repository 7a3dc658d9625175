import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import { LEVEL_METRICS, metricFacts } from "./metric.ts";
import { includesScope, MESH, type Scope, specificity } from "./scope.ts";

/** What calls are held against. */
export interface ServiceLevel {
  /** Held against the calls of each provider, model, pair of both, and tenant that lies in it, and of the mesh. */
  readonly scope: Scope;
  readonly metric: SlaMetric;
  /** Past it the verdict is DEGRADED. Shares are 0 to 1, latencies milliseconds, costs dollars. */
  readonly warning: number;
  /** Past it the verdict is UNHEALTHY. */
  readonly critical: number;
  /** Milliseconds of the rolling window. */
  readonly windowMs: number;
  /** Calls and checks in the window below which no verdict is given. */
  readonly minCalls: number;
}

const FIVE_MINUTES = { scope: MESH, windowMs: 300_000, minCalls: 10 } as const;

/**
 * Levels for all who have none of their own. Throughput, cost per success and quality score have no bound that fits
 * everyone: they are measured and shown, and judged where a level is given.
 */
export const DEFAULT_LEVELS: readonly ServiceLevel[] = [
  { ...FIVE_MINUTES, metric: SlaMetric.SUCCESS_RATE, warning: 0.95, critical: 0.85 },
  { ...FIVE_MINUTES, metric: SlaMetric.AVAILABILITY, warning: 0.99, critical: 0.95 },
  { ...FIVE_MINUTES, metric: SlaMetric.LATENCY_P95, warning: 5_000, critical: 15_000 },
];

/** The levels of a scope: of each metric the one that names most of it; among equals the first. */
export function chooseLevels(levels: readonly ServiceLevel[], scope: Scope): ServiceLevel[] {
  const chosen: ServiceLevel[] = [];
  for (const metric of LEVEL_METRICS) {
    let best: ServiceLevel | undefined;
    for (const level of levels) {
      if (level.metric !== metric || !includesScope(level.scope, scope)) continue;
      if (best === undefined || specificity(level.scope) > specificity(best.scope)) best = level;
    }
    if (best !== undefined) chosen.push(best);
  }
  return chosen;
}

/** True for a figure past a bound, on the bad side. */
export function isPast(metric: SlaMetric, value: number, bound: number): boolean {
  return metricFacts(metric).better === "higher" ? value < bound : value > bound;
}

/** Share of good events that a level promises. A 95th percentile below a bound promises that 95 % of calls are. */
export function objectiveOf({ metric, warning }: ServiceLevel): number {
  if (metric === SlaMetric.SUCCESS_RATE || metric === SlaMetric.AVAILABILITY) return warning;
  return metric === SlaMetric.LATENCY_P95 ? 0.95 : 0.99;
}
