import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import { LEVEL_METRICS, metricFacts, metricNamed } from "@fairlead/decision/sla/metric";
import { isPast, type ServiceLevel } from "@fairlead/decision/sla/service-level";
import { z } from "zod";
import { duration } from "./duration.ts";

const HOUR = 3_600_000;

/** Whose calls are meant; what is left out matches all. */
export const scopeSchema = z
  .strictObject({
    provider: z.string().max(64).default(""),
    model: z.string().max(256).default(""),
    tenant: z.string().max(128).default(""),
  })
  .default({ provider: "", model: "", tenant: "" });

const SHARES: readonly SlaMetric[] = [SlaMetric.AVAILABILITY, SlaMetric.SUCCESS_RATE, SlaMetric.QUALITY_SCORE];

/** Length of a rolling window. */
export const windowSchema = duration({ min: 1_000, max: 24 * HOUR });

/** A service level as it is written in YAML. */
export const levelSchema = z
  .strictObject({
    scope: scopeSchema,
    metric: z.enum(LEVEL_METRICS.map((metric) => metricFacts(metric).name) as [string, ...string[]]),
    warning: z.number().min(0).max(1e12),
    critical: z.number().min(0).max(1e12),
    window: windowSchema.default(300_000),
    minCalls: z.int().min(0).max(1_000_000).default(10),
  })
  .superRefine((level, context) => checkBounds(metricNamed(level.metric) as SlaMetric, level, context))
  .transform(
    ({ window, metric, ...rest }): ServiceLevel => ({ ...rest, metric: metricNamed(metric) as SlaMetric, windowMs: window }),
  );

/** What of a check's context is used. */
export interface Problems {
  addIssue(issue: { code: "custom"; path: string[]; message: string }): void;
}

/** Holds the bounds of a level against what its metric allows; names the keys of those that are wrong. */
export function checkBounds(
  metric: SlaMetric,
  { warning, critical }: { readonly warning: number; readonly critical: number },
  problems: Problems,
  keys = { warning: "warning", critical: "critical" },
): void {
  const { better } = metricFacts(metric);
  const wrong = (key: string, message: string) => problems.addIssue({ code: "custom", path: [key], message });
  if (SHARES.includes(metric)) {
    if (warning > 1) wrong(keys.warning, "expected a share from 0 to 1");
    if (critical > 1) wrong(keys.critical, "expected a share from 0 to 1");
  }
  if (critical === warning || isPast(metric, warning, critical)) {
    const side = better === "higher" ? "below" : "above";
    wrong(keys.critical, `expected a value ${side} the warning bound of ${warning}, since ${better} is better`);
  }
}
