import { AlertSeverity } from "@fairlead/contracts/sla/v1/alert";
import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import type { AlertTiming } from "./advance-alert.ts";
import { metricFacts } from "./metric.ts";
import { includesScope, MESH, type Scope } from "./scope.ts";

/** Of whom a rule looks at the figures, each by itself. */
export type RuleSubject = "mesh" | "provider" | "model" | "target" | "tenant" | "budget";

/** How a figure is held against a rule's threshold. */
export type Comparison = "above" | "below" | "at_least" | "at_most";

/** When an alert is raised. */
export interface AlertRule extends AlertTiming {
  /** Words of lower case with dashes; part of the alert's name. */
  readonly name: string;
  readonly each: RuleSubject;
  /** Only those in it. */
  readonly scope: Scope;
  readonly metric: SlaMetric;
  readonly comparison: Comparison;
  /** In the metric's unit: shares 0 to 1, milliseconds, dollars, a minute. */
  readonly threshold: number;
  /** Milliseconds of the rolling window. */
  readonly windowMs: number;
  /** Calls in the window below which the condition does not hold. */
  readonly minCalls: number;
  /** For budgets: only those that last this long; empty: all. */
  readonly period: "" | "hour" | "day" | "week" | "month";
  readonly severity: AlertSeverity;
}

const MINUTE = 60_000;
const READY = { scope: MESH, period: "", minCalls: 10 } as const;

/** Rules that are there without being asked for. */
export const READY_RULES: readonly AlertRule[] = [
  {
    ...READY,
    name: "high-error-rate",
    each: "target",
    metric: SlaMetric.ERROR_RATE,
    comparison: "above",
    threshold: 0.05,
    windowMs: 5 * MINUTE,
    forMs: 5 * MINUTE,
    resolveAfterMs: 2 * MINUTE,
    escalateAfterMs: 15 * MINUTE,
    severity: AlertSeverity.CRITICAL,
  },
  {
    ...READY,
    name: "high-daily-cost",
    each: "budget",
    metric: SlaMetric.BUDGET_USED,
    comparison: "above",
    threshold: 0.8,
    period: "day",
    windowMs: 5 * MINUTE,
    forMs: MINUTE,
    resolveAfterMs: MINUTE,
    escalateAfterMs: 0,
    severity: AlertSeverity.WARNING,
  },
  {
    ...READY,
    // While a circuit is open only its few trial calls are seen.
    name: "no-success",
    each: "target",
    metric: SlaMetric.SUCCESS_RATE,
    comparison: "at_most",
    threshold: 0,
    minCalls: 2,
    windowMs: 2 * MINUTE,
    forMs: 2 * MINUTE,
    resolveAfterMs: MINUTE,
    escalateAfterMs: 10 * MINUTE,
    severity: AlertSeverity.CRITICAL,
  },
  {
    ...READY,
    name: "high-latency",
    each: "target",
    metric: SlaMetric.LATENCY_MEAN,
    comparison: "above",
    threshold: 10_000,
    windowMs: 5 * MINUTE,
    forMs: 5 * MINUTE,
    resolveAfterMs: 2 * MINUTE,
    escalateAfterMs: 30 * MINUTE,
    severity: AlertSeverity.WARNING,
  },
];

/** True when a rule looks at the figures of a scope. */
export function concerns({ each, scope }: AlertRule, subject: Scope): boolean {
  return each === subjectOf(subject) && includesScope(scope, subject);
}

/** True when a figure meets a rule's condition. */
export function meets({ comparison, threshold }: AlertRule, value: number): boolean {
  if (comparison === "above") return value > threshold;
  if (comparison === "below") return value < threshold;
  return comparison === "at_least" ? value >= threshold : value <= threshold;
}

/** A rule's condition and the figure that meets it, in a sentence. */
export function describeRule({ metric, comparison, threshold }: AlertRule, value: number): string {
  const { subject, format } = metricFacts(metric);
  const up = comparison === "above" || comparison === "at_least";
  const words = { above: "above", below: "below", at_least: "at or above", at_most: "at or below" };
  return `${subject(format(value, up))} is ${words[comparison]} ${format(threshold, up)}.`;
}

/** What a scope is one of; undefined for pairs that no rule is about. */
function subjectOf({ provider, model, tenant }: Scope): RuleSubject | undefined {
  if (tenant !== "") return provider === "" && model === "" ? "tenant" : undefined;
  if (provider !== "") return model === "" ? "provider" : "target";
  return model === "" ? "mesh" : "model";
}
