import { SlaMetric } from "@fairlead/contracts/sla/v1/level";

/** Figures over a rolling window. */
export interface WindowFigures {
  /** Calls that say something of their target. */
  readonly calls: number;
  /** Checks that were answered or failed. */
  readonly checks: number;
  /** Share of calls that succeeded, 0 to 1; 1 without calls. */
  readonly successRate: number;
  /** Share of the time with evidence in which something was answered. Undefined: there is no evidence. */
  readonly availability: number | undefined;
  /** Calls whose latency was measured. */
  readonly measured: number;
  /** Milliseconds; 0: none was measured. */
  readonly latencyMeanMs: number;
  readonly latencyP50Ms: number;
  readonly latencyP95Ms: number;
  readonly latencyP99Ms: number;
  /** Calls a minute. Undefined: calls are not yet counted for as long as the window is. */
  readonly callsPerMinute: number | undefined;
  /** Dollars spent. */
  readonly cost: number;
  /** Dollars a minute. Undefined as above. */
  readonly costPerMinute: number | undefined;
  /** Mean of the quality scores. Undefined: there are none. */
  readonly quality: number | undefined;
}

/** A metric's figure over the window; undefined where nothing was measured. */
export function figureOf(metric: SlaMetric, figures: WindowFigures): number | undefined {
  const { calls, successRate, callsPerMinute, measured } = figures;
  switch (metric) {
    case SlaMetric.SUCCESS_RATE:
      return calls === 0 ? undefined : successRate;
    case SlaMetric.ERROR_RATE:
      return calls === 0 ? undefined : 1 - successRate;
    case SlaMetric.AVAILABILITY:
      return figures.availability;
    case SlaMetric.LATENCY_P95:
      return measured === 0 ? undefined : figures.latencyP95Ms;
    case SlaMetric.LATENCY_MEAN:
      return measured === 0 ? undefined : figures.latencyMeanMs;
    case SlaMetric.TRAFFIC:
      return callsPerMinute;
    case SlaMetric.THROUGHPUT:
      return callsPerMinute === undefined ? undefined : callsPerMinute * successRate;
    case SlaMetric.COST:
      return figures.costPerMinute;
    case SlaMetric.COST_PER_SUCCESS:
      return calls * successRate < 0.5 ? undefined : figures.cost / (calls * successRate);
    case SlaMetric.QUALITY_SCORE:
      return figures.quality;
    default:
      return undefined;
  }
}

/** What was seen in a slice of time. */
export interface Evidence {
  readonly succeeded: number;
  readonly failed: number;
  readonly checksAnswered: number;
  readonly checksFailed: number;
}

/** Failures without a success below which a slice says nothing: a stray failure where few call is no outage. */
const FEW_FAILURES = 3;

/** Whether something was answered in a slice of time; undefined where it does not show. */
export function wasAvailable({ succeeded, failed, checksAnswered, checksFailed }: Evidence): boolean | undefined {
  if (succeeded > 0) return true;
  if (failed >= FEW_FAILURES || checksFailed > checksAnswered) return false;
  return checksAnswered > 0 ? true : undefined;
}
