import { Verdict } from "@fairlead/contracts/sla/v1/health";
import { metricFacts } from "./metric.ts";
import { isPast, type ServiceLevel } from "./service-level.ts";
import { figureOf, type WindowFigures } from "./window-figures.ts";

/** What is thought of a target, and why. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The bound that was crossed, in a sentence. Empty: none. */
  readonly reason: string;
}

/** Too little is known for a verdict. */
export const NOT_KNOWN: Judgement = { verdict: Verdict.UNSPECIFIED, reason: "" };
const HEALTHY: Judgement = { verdict: Verdict.HEALTHY, reason: "" };

/** Holds figures over the level's window against it. */
export function judgeLevel(figures: WindowFigures, level: ServiceLevel): Judgement {
  if (figures.calls + figures.checks < level.minCalls) return NOT_KNOWN;
  const value = figureOf(level.metric, figures);
  if (value === undefined) return NOT_KNOWN;
  if (isPast(level.metric, value, level.critical)) return past(Verdict.UNHEALTHY, level, value, level.critical);
  if (isPast(level.metric, value, level.warning)) return past(Verdict.DEGRADED, level, value, level.warning);
  return HEALTHY;
}

/** The worst of several judgements; among equals the first. */
export function worstOf(judgements: readonly Judgement[]): Judgement {
  return judgements.reduce((worst, one) => (one.verdict > worst.verdict ? one : worst), NOT_KNOWN);
}

function past(verdict: Verdict, { metric }: ServiceLevel, value: number, bound: number): Judgement {
  const { better, subject, format } = metricFacts(metric);
  const up = better === "lower";
  return { verdict, reason: `${subject(format(value, up))} is ${up ? "above" : "below"} ${format(bound, up)}.` };
}
