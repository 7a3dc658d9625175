import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import type { Sample } from "./rolling-window.ts";

/** What happened in one minute. */
export interface MinuteCounts {
  /** Unix milliseconds of its start. */
  start: number;
  succeeded: number;
  failed: number;
  checksAnswered: number;
  checksFailed: number;
  latencyMs: number;
  measured: number;
  /** Dollars. */
  cost: number;
  quality: number;
  scored: number;
}

/** A minute in which nothing happened yet. */
export function emptyMinute(start: number): MinuteCounts {
  const counts = { succeeded: 0, failed: 0, checksAnswered: 0, checksFailed: 0 };
  return { start, ...counts, latencyMs: 0, measured: 0, cost: 0, quality: 0, scored: 0 };
}

/** Takes a call into its minute. */
export function countCall(minute: MinuteCounts, { succeeded, latencyMs, cost, quality }: Sample): void {
  if (succeeded) minute.succeeded += 1;
  else minute.failed += 1;
  minute.cost += cost;
  if (latencyMs !== undefined) {
    minute.latencyMs += latencyMs;
    minute.measured += 1;
  }
  if (quality !== undefined) {
    minute.quality += quality;
    minute.scored += 1;
  }
}

/** A metric's figure of one minute; undefined where nothing was measured. A percentile has the mean in its place. */
export function minuteFigure(metric: SlaMetric, minute: MinuteCounts): number | undefined {
  const calls = minute.succeeded + minute.failed;
  switch (metric) {
    case SlaMetric.SUCCESS_RATE:
      return calls === 0 ? undefined : minute.succeeded / calls;
    case SlaMetric.ERROR_RATE:
      return calls === 0 ? undefined : minute.failed / calls;
    case SlaMetric.AVAILABILITY:
      return calls === 0 ? undefined : Math.sign(minute.succeeded);
    case SlaMetric.LATENCY_P95:
    case SlaMetric.LATENCY_MEAN:
      return minute.measured === 0 ? undefined : minute.latencyMs / minute.measured;
    case SlaMetric.TRAFFIC:
      return calls;
    case SlaMetric.THROUGHPUT:
      return minute.succeeded;
    case SlaMetric.COST:
      return minute.cost;
    case SlaMetric.COST_PER_SUCCESS:
      return minute.succeeded === 0 ? undefined : minute.cost / minute.succeeded;
    case SlaMetric.QUALITY_SCORE:
      return minute.scored === 0 ? undefined : minute.quality / minute.scored;
    default:
      return undefined;
  }
}
