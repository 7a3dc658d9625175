import { Verdict } from "@fairlead/contracts/sla/v1/health";

/** Figures of a target over a rolling window. */
export interface WindowFigures {
  /** Calls that say something of the target. */
  readonly calls: number;
  /** Share that succeeded, 0 to 1; 1 without calls. */
  readonly successRate: number;
  /** Percentiles of the latency in milliseconds. 0: none was measured. */
  readonly latencyP50Ms: number;
  readonly latencyP95Ms: number;
  readonly latencyP99Ms: number;
}

/** A figure's two bounds. */
export interface Bounds {
  readonly warning: number;
  readonly critical: number;
}

/** What a target is held against. */
export interface ServiceLevel {
  /** Share of calls that succeed at least, 0 to 1. */
  readonly successRate: Bounds;
  /** 95th percentile of the latency at most, in milliseconds. */
  readonly latencyP95Ms: Bounds;
  /** Fewer calls prove nothing. */
  readonly minCalls: number;
}

/** What is thought of a target, and why. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The bound that was crossed, in a sentence. Empty: none. */
  readonly reason: string;
}

const NOT_KNOWN: Judgement = { verdict: Verdict.UNSPECIFIED, reason: "" };
const HEALTHY: Judgement = { verdict: Verdict.HEALTHY, reason: "" };

/** Holds the figures of a target against its service level: the worst bound crossed counts, success before latency. */
export function judgeTarget(figures: WindowFigures, level: ServiceLevel): Judgement {
  if (figures.calls < level.minCalls) return NOT_KNOWN;
  const bySuccess = judgeSuccess(figures.successRate, level.successRate);
  const byLatency = judgeLatency(figures.latencyP95Ms, level.latencyP95Ms);
  return byLatency.verdict > bySuccess.verdict ? byLatency : bySuccess;
}

function judgeSuccess(rate: number, { warning, critical }: Bounds): Judgement {
  const below = (bound: number) => `The success rate of ${percent(rate)} is below ${percent(bound)}.`;
  if (rate < critical) return { verdict: Verdict.UNHEALTHY, reason: below(critical) };
  if (rate < warning) return { verdict: Verdict.DEGRADED, reason: below(warning) };
  return HEALTHY;
}

function judgeLatency(p95Ms: number, { warning, critical }: Bounds): Judgement {
  const above = (bound: number) => `The 95th percentile of the latency, ${Math.round(p95Ms)} ms, is above ${bound} ms.`;
  if (p95Ms > critical) return { verdict: Verdict.UNHEALTHY, reason: above(critical) };
  if (p95Ms > warning) return { verdict: Verdict.DEGRADED, reason: above(warning) };
  return HEALTHY;
}

/** Cut, not rounded, so that a rate just below a bound is not shown as the bound. */
function percent(share: number): string {
  return `${(Math.floor(share * 10_000 + 1e-6) / 100).toString()} %`;
}
