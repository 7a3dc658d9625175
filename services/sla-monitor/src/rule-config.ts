import { AlertSeverity } from "@fairlead/contracts/sla/v1/alert";
import type { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import type { AlertRule } from "@fairlead/decision/sla/alert-rule";
import { metricFacts, metricNamed, RULE_METRICS } from "@fairlead/decision/sla/metric";
import { z } from "zod";
import { duration } from "./duration.ts";
import { scopeSchema, windowSchema } from "./level-config.ts";

const DAY = 86_400_000;
const SEVERITIES = { info: AlertSeverity.INFO, warning: AlertSeverity.WARNING, critical: AlertSeverity.CRITICAL, emergency: AlertSeverity.EMERGENCY } as const;
const lasting = duration({ min: 0, max: 7 * DAY });
/** Long windows over which burn rates are known; the short one is a twelfth. */
const BURN_WINDOWS = [3_600_000, 21_600_000];

/** A severity by its name. */
export const severitySchema = z.enum(["info", "warning", "critical", "emergency"]).transform((name) => SEVERITIES[name]);

/** A rule of alerts as it is written in YAML. */
export const ruleSchema = z
  .strictObject({
    /** Part of the alert's name. The name of a ready rule replaces it. */
    name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "expected words of lower case with dashes").max(64),
    each: z.enum(["mesh", "provider", "model", "target", "tenant", "budget"]).default("target"),
    scope: scopeSchema,
    metric: z.enum(RULE_METRICS.map((metric) => metricFacts(metric).name) as [string, ...string[]]),
    comparison: z.enum(["above", "below", "at_least", "at_most"]),
    threshold: z.number().min(-1e12).max(1e12),
    window: windowSchema.default(300_000),
    /** Time for which the condition must hold. */
    for: lasting.default(0),
    minCalls: z.int().min(0).max(1_000_000).default(10),
    period: z.enum(["", "hour", "day", "week", "month"]).default(""),
    severity: severitySchema,
    /** Time after which an alert that nobody took note of is made worse. 0: never. */
    escalateAfter: lasting.default(0),
    /** Time for which the condition must be over. */
    resolveAfter: lasting.default(60_000),
  })
  .superRefine((rule, context) => {
    const wrong = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
    if ((rule.metric === "budget_used") !== (rule.each === "budget")) wrong("each", "expected budget for the metric budget_used, and only for it");
    if (rule.period !== "" && rule.each !== "budget") wrong("period", "expected only in rules about budgets");
    if (rule.metric === "burn_rate" && !BURN_WINDOWS.includes(rule.window)) wrong("window", "expected 1h or 6h for the metric burn_rate");
  })
  .transform(({ window, metric, for: forMs, escalateAfter, resolveAfter, ...rest }): AlertRule => {
    const times = { windowMs: window, forMs, escalateAfterMs: escalateAfter, resolveAfterMs: resolveAfter };
    return { ...rest, ...times, metric: metricNamed(metric) as SlaMetric };
  });
