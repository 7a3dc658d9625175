import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

const milliseconds = (fallback: number) => z.coerce.number().int().min(1).max(86_400_000).default(fallback);
const share = (fallback: number) => z.coerce.number().min(0).max(1).default(fallback);

/** What targets are held against, and over which window. */
export const slaMonitorConfig = defineConfig({
  section: "slaMonitor",
  schema: z.strictObject({
    /** Milliseconds of the rolling window. */
    windowMs: milliseconds(300_000),
    /** Parts that the window moves by. */
    slices: z.coerce.number().int().min(1).max(120).default(30),
    /** Calls in the window below which no verdict is given. */
    minCalls: z.coerce.number().int().min(1).max(1_000_000).default(10),
    /** Share of calls that succeed at least: below it a target is degraded. */
    successRateWarning: share(0.95),
    /** Share of calls that succeed at least: below it a target is unhealthy. */
    successRateCritical: share(0.85),
    /** 95th percentile of the latency in milliseconds: above it a target is degraded. */
    latencyP95WarningMs: milliseconds(5_000),
    /** 95th percentile of the latency in milliseconds: above it a target is unhealthy. */
    latencyP95CriticalMs: milliseconds(15_000),
    /** Milliseconds between two looks at what changed. */
    reviewMs: z.coerce.number().int().min(1).max(60_000).default(250),
    /** Targets watched at most. */
    maxTargets: z.coerce.number().int().min(1).max(100_000).default(2_000),
  }),
  environment: {
    FAIRLEAD_SLA_WINDOW_MS: "windowMs",
    FAIRLEAD_SLA_SLICES: "slices",
    FAIRLEAD_SLA_MIN_CALLS: "minCalls",
    FAIRLEAD_SLA_SUCCESS_RATE_WARNING: "successRateWarning",
    FAIRLEAD_SLA_SUCCESS_RATE_CRITICAL: "successRateCritical",
    FAIRLEAD_SLA_LATENCY_P95_WARNING_MS: "latencyP95WarningMs",
    FAIRLEAD_SLA_LATENCY_P95_CRITICAL_MS: "latencyP95CriticalMs",
    FAIRLEAD_SLA_REVIEW_MS: "reviewMs",
    FAIRLEAD_SLA_MAX_TARGETS: "maxTargets",
  },
});

export type SlaMonitorConfig = z.infer<(typeof slaMonitorConfig)["schema"]>;
