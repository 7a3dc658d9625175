import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

const milliseconds = z.coerce.number().int().min(1).max(3_600_000);

/** Bounds of circuits and retries. */
export const fallbackManagerConfig = defineConfig({
  section: "fallbackManager",
  schema: z.strictObject({
    /** Failures in a row that open a circuit. */
    circuitFailures: z.coerce.number().int().min(1).max(1_000).default(5),
    /** Milliseconds that a circuit stays open. */
    circuitOpenMs: milliseconds.default(60_000),
    /** Calls let through at a time while half open. */
    circuitProbes: z.coerce.number().int().min(1).max(100).default(1),
    /** Successes in a row that close a circuit from half open. */
    circuitSuccesses: z.coerce.number().int().min(1).max(100).default(3),
    /** Share of further calls of the same target to all calls. */
    retryRatio: z.coerce.number().min(0).max(1).default(0.1),
    /** Milliseconds before the first further call of the same target, at most. */
    retryFirstMs: milliseconds.default(100),
    /** Milliseconds before any further call of the same target, at most. */
    retryMostMs: milliseconds.default(5_000),
  }),
  environment: {
    FAIRLEAD_CIRCUIT_FAILURES: "circuitFailures",
    FAIRLEAD_CIRCUIT_OPEN_MS: "circuitOpenMs",
    FAIRLEAD_CIRCUIT_PROBES: "circuitProbes",
    FAIRLEAD_CIRCUIT_SUCCESSES: "circuitSuccesses",
    FAIRLEAD_RETRY_RATIO: "retryRatio",
    FAIRLEAD_RETRY_FIRST_MS: "retryFirstMs",
    FAIRLEAD_RETRY_MOST_MS: "retryMostMs",
  },
});

export type FallbackManagerConfig = z.infer<(typeof fallbackManagerConfig)["schema"]>;
