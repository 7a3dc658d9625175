import { defineConfig } from "@fairlead/runtime/config";
import { defineLinks } from "@fairlead/runtime/links";
import { z } from "zod";

const milliseconds = (fallback: number, least = 1, most = 3_600_000) =>
  z.coerce.number().int().min(least).max(most).default(fallback);

/** What the service connects to. */
export const loadBalancerLinks = defineLinks({ nats: true, redis: true });

/** How targets are watched and weighed. */
export const loadBalancerConfig = defineConfig({
  section: "loadBalancer",
  schema: z.strictObject({
    /** Milliseconds after which a peak of the latency has come down by 63 %. */
    latencyDecayMs: milliseconds(10_000),
    /** Milliseconds after which a sample of any other figure counts 37 %. */
    figuresDecayMs: milliseconds(30_000),
    /** Milliseconds of silence after which an adapter counts as gone. */
    adapterTimeoutMs: milliseconds(5_000),
    /** Milliseconds after which a circuit that nobody reports open any more is read as half open. */
    circuitOpenMs: milliseconds(75_000),
    /** Milliseconds between two looks at what changed; circuits are told at once. */
    refreshMs: milliseconds(250),
    /** Milliseconds of silence after which an executor's calls count as ended. */
    loadTimeoutMs: milliseconds(3_500),
    /** Milliseconds over which percentiles of the latency are taken. */
    percentileWindowMs: milliseconds(120_000, 4_000),
    /** Share of an account's minute that may be used at once. */
    quotaBurst: z.coerce.number().min(0.01).max(1).default(0.25),
    /** Milliseconds for which a share of an account's limits may be used. */
    quotaValidMs: milliseconds(2_000, 200, 10_000),
    /** Targets kept at most. */
    maxTargets: z.coerce.number().int().min(1).max(100_000).default(2_000),
  }),
  environment: {
    FAIRLEAD_BALANCING_LATENCY_DECAY_MS: "latencyDecayMs",
    FAIRLEAD_BALANCING_FIGURES_DECAY_MS: "figuresDecayMs",
    FAIRLEAD_BALANCING_ADAPTER_TIMEOUT_MS: "adapterTimeoutMs",
    FAIRLEAD_BALANCING_CIRCUIT_OPEN_MS: "circuitOpenMs",
    FAIRLEAD_BALANCING_REFRESH_MS: "refreshMs",
    FAIRLEAD_BALANCING_LOAD_TIMEOUT_MS: "loadTimeoutMs",
    FAIRLEAD_BALANCING_PERCENTILE_WINDOW_MS: "percentileWindowMs",
    FAIRLEAD_BALANCING_QUOTA_BURST: "quotaBurst",
    FAIRLEAD_BALANCING_QUOTA_VALID_MS: "quotaValidMs",
    FAIRLEAD_BALANCING_MAX_TARGETS: "maxTargets",
  },
});

export type LoadBalancerConfig = z.infer<(typeof loadBalancerConfig)["schema"]>;
