import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import { type AlertRule, READY_RULES } from "@fairlead/decision/sla/alert-rule";
import { MESH } from "@fairlead/decision/sla/scope";
import type { ServiceLevel } from "@fairlead/decision/sla/service-level";
import { defineConfig } from "@fairlead/runtime/config";
import { defineLinks } from "@fairlead/runtime/links";
import { z } from "zod";
import { checkBounds, levelSchema, type Problems } from "./level-config.ts";
import { ruleSchema } from "./rule-config.ts";
import { webhookSchema } from "./webhook-config.ts";

const milliseconds = (fallback: number) => z.coerce.number().int().min(1).max(86_400_000).default(fallback);
const share = (fallback: number) => z.coerce.number().min(0).max(1).default(fallback);
const count = (fallback: number, most: number) => z.coerce.number().int().min(1).max(most).default(fallback);

/** What the service connects to. */
export const slaMonitorLinks = defineLinks({ peers: ["costOptimizer"], adapters: true, nats: true, redis: true });

/** What targets are held against, who is told, and how providers are checked. */
export const slaMonitorConfig = defineConfig({
  section: "slaMonitor",
  schema: z
    .strictObject({
      /** Levels of one's own; the most specific wins, and what they leave open has the levels below. */
      levels: z.array(levelSchema).max(1_000).default([]),
      /** Milliseconds of the rolling window of the levels that everyone has. */
      windowMs: milliseconds(300_000),
      /** Parts that a window moves by. */
      slices: count(30, 120),
      /** Calls in the window below which no verdict is given. */
      minCalls: count(10, 1_000_000),
      /** Share of calls that succeed at least: below it a target is degraded. */
      successRateWarning: share(0.95),
      /** Share of calls that succeed at least: below it a target is unhealthy. */
      successRateCritical: share(0.85),
      /** Share of the time that is answered at least: below it a target is degraded. */
      availabilityWarning: share(0.99),
      /** Share of the time that is answered at least: below it a target is unhealthy. */
      availabilityCritical: share(0.95),
      /** 95th percentile of the latency in milliseconds: above it a target is degraded. */
      latencyP95WarningMs: milliseconds(5_000),
      /** 95th percentile of the latency in milliseconds: above it a target is unhealthy. */
      latencyP95CriticalMs: milliseconds(15_000),
      /** Milliseconds for which figures must be better before a verdict is. */
      recoverMs: z.coerce.number().int().min(0).max(3_600_000).default(10_000),
      /** Calls in a row that fail before a target is unhealthy. */
      failedCalls: count(20, 100_000),
      /** Milliseconds between two looks at what changed. */
      reviewMs: count(250, 60_000),
      /** Targets watched at most. */
      maxTargets: count(2_000, 100_000),
      /** Tenants watched by themselves at most; the others are one. */
      maxTenants: count(500, 100_000),
      /** Rules of alerts; one with the name of a ready rule replaces it. */
      rules: z.array(ruleSchema).max(200).default([]),
      /** False leaves out the rules that are there without being asked for. */
      readyRules: z.boolean().default(true),
      /** Milliseconds after which an alert about a service level that nobody took note of is made worse. 0: never. */
      escalateMs: z.coerce.number().int().min(0).max(604_800_000).default(900_000),
      /** Endpoints that are told of alerts, also those of other services. */
      webhooks: z.array(webhookSchema).max(16).default([]),
      /** Milliseconds for which one of several replicas looks after the alerts without saying so again. */
      leaseMs: count(10_000, 600_000),
      /** Milliseconds between two checks of a provider that is well. 0: providers are not checked. */
      checkMs: z.coerce.number().int().min(0).max(3_600_000).default(10_000),
      /** Milliseconds between two checks of a provider that is not. */
      recheckMs: count(2_000, 3_600_000),
      /** Milliseconds that a check may take. */
      checkTimeoutMs: count(3_000, 60_000),
      /** Checks in a row that fail before a provider is unhealthy. */
      failedChecks: count(3, 1_000),
      /** Checks in a row that are answered before an unhealthy target is tried again. */
      answeredChecks: count(3, 1_000),
      /** Standard deviations from the usual at which a figure stands out. */
      anomalySigmas: z.coerce.number().min(1).max(10).default(2),
      /** Minutes in a row that a figure must stand out. */
      anomalyMinutes: count(5, 60),
      /** Minutes before anything stands out. */
      anomalyWarmUpMinutes: count(120, 100_000),
      /** Days for which the history of levels is kept. */
      historyDays: count(92, 366),
    })
    .superRefine((config, context) => {
      checkFixedLevels(config, context);
      unique(config.webhooks, "webhooks", context);
      unique(config.rules, "rules", context);
    }),
  environment: {
    FAIRLEAD_SLA_WINDOW_MS: "windowMs",
    FAIRLEAD_SLA_SLICES: "slices",
    FAIRLEAD_SLA_MIN_CALLS: "minCalls",
    FAIRLEAD_SLA_SUCCESS_RATE_WARNING: "successRateWarning",
    FAIRLEAD_SLA_SUCCESS_RATE_CRITICAL: "successRateCritical",
    FAIRLEAD_SLA_AVAILABILITY_WARNING: "availabilityWarning",
    FAIRLEAD_SLA_AVAILABILITY_CRITICAL: "availabilityCritical",
    FAIRLEAD_SLA_LATENCY_P95_WARNING_MS: "latencyP95WarningMs",
    FAIRLEAD_SLA_LATENCY_P95_CRITICAL_MS: "latencyP95CriticalMs",
    FAIRLEAD_SLA_RECOVER_MS: "recoverMs",
    FAIRLEAD_SLA_FAILED_CALLS: "failedCalls",
    FAIRLEAD_SLA_REVIEW_MS: "reviewMs",
    FAIRLEAD_SLA_MAX_TARGETS: "maxTargets",
    FAIRLEAD_SLA_MAX_TENANTS: "maxTenants",
    FAIRLEAD_SLA_ESCALATE_MS: "escalateMs",
    FAIRLEAD_SLA_CHECK_MS: "checkMs",
    FAIRLEAD_SLA_RECHECK_MS: "recheckMs",
    FAIRLEAD_SLA_CHECK_TIMEOUT_MS: "checkTimeoutMs",
    FAIRLEAD_SLA_FAILED_CHECKS: "failedChecks",
    FAIRLEAD_SLA_ANSWERED_CHECKS: "answeredChecks",
  },
});

export type SlaMonitorConfig = z.infer<(typeof slaMonitorConfig)["schema"]>;

/** All levels: one's own first, since among equally specific ones the first wins. */
export function levelsOf(config: SlaMonitorConfig): ServiceLevel[] {
  const { windowMs, minCalls } = config;
  const level = (metric: SlaMetric, warning: number, critical: number) => ({ scope: MESH, metric, warning, critical, windowMs, minCalls });
  return [
    ...config.levels,
    level(SlaMetric.SUCCESS_RATE, config.successRateWarning, config.successRateCritical),
    level(SlaMetric.AVAILABILITY, config.availabilityWarning, config.availabilityCritical),
    level(SlaMetric.LATENCY_P95, config.latencyP95WarningMs, config.latencyP95CriticalMs),
  ];
}

/** All rules. */
export function rulesOf({ rules, readyRules }: SlaMonitorConfig): AlertRule[] {
  const replaced = new Set(rules.map(({ name }) => name));
  return [...(readyRules ? READY_RULES.filter(({ name }) => !replaced.has(name)) : []), ...rules];
}

interface FixedLevels {
  readonly successRateWarning: number;
  readonly successRateCritical: number;
  readonly availabilityWarning: number;
  readonly availabilityCritical: number;
  readonly latencyP95WarningMs: number;
  readonly latencyP95CriticalMs: number;
}

function checkFixedLevels(config: FixedLevels, problems: Problems): void {
  const check = (metric: SlaMetric, warning: keyof FixedLevels, critical: keyof FixedLevels) =>
    checkBounds(metric, { warning: config[warning], critical: config[critical] }, problems, { warning, critical });
  check(SlaMetric.SUCCESS_RATE, "successRateWarning", "successRateCritical");
  check(SlaMetric.AVAILABILITY, "availabilityWarning", "availabilityCritical");
  check(SlaMetric.LATENCY_P95, "latencyP95WarningMs", "latencyP95CriticalMs");
}

function unique(named: readonly { readonly name: string }[], key: string, context: { addIssue(issue: { code: "custom"; path: (string | number)[]; message: string }): void }): void {
  named.forEach(({ name }, index) => {
    if (named.findIndex((other) => other.name === name) < index) context.addIssue({ code: "custom", path: [key, index, "name"], message: `${name} is there already` });
  });
}
