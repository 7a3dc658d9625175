import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

const milliseconds = (fallback: number) => z.coerce.number().int().min(1).max(3_600_000).default(fallback);

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
    /** Targets kept at most. */
    maxTargets: z.coerce.number().int().min(1).max(100_000).default(2_000),
  }),
  environment: {
    FAIRLEAD_BALANCING_LATENCY_DECAY_MS: "latencyDecayMs",
    FAIRLEAD_BALANCING_FIGURES_DECAY_MS: "figuresDecayMs",
    FAIRLEAD_BALANCING_ADAPTER_TIMEOUT_MS: "adapterTimeoutMs",
    FAIRLEAD_BALANCING_CIRCUIT_OPEN_MS: "circuitOpenMs",
    FAIRLEAD_BALANCING_REFRESH_MS: "refreshMs",
    FAIRLEAD_BALANCING_MAX_TARGETS: "maxTargets",
  },
});

export type LoadBalancerConfig = z.infer<(typeof loadBalancerConfig)["schema"]>;
