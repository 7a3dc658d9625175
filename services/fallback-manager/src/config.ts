import { defineConfig } from "@fairlead/runtime/config";
import { defineLinks } from "@fairlead/runtime/links";
import { z } from "zod";

const milliseconds = z.coerce.number().int().min(1).max(3_600_000);

/** What the service connects to. */
export const fallbackManagerLinks = defineLinks({ peers: ["loadBalancer"], adapters: true, nats: true, redis: true });

/** Bounds of circuits and retries. */
export const fallbackManagerConfig = defineConfig({
  section: "fallbackManager",
  schema: z.strictObject({
    /** Failures in a row that open a circuit. */
    circuitFailures: z.coerce.number().int().min(1).max(1_000).default(5),
    /** Share of failures in the window that opens a circuit; 0: not looked at. */
    circuitFailureRate: z.coerce.number().min(0).max(1).default(0.5),
    /** Calls in the window below which the share says nothing. */
    circuitMinCalls: z.coerce.number().int().min(1).max(1_000_000).default(20),
    /** Milliseconds of the window. */
    circuitWindowMs: milliseconds.default(60_000),
    /** Milliseconds that a circuit stays open, unless its provider is found to answer before. */
    circuitOpenMs: milliseconds.default(60_000),
    /** Calls let through at a time while half open. */
    circuitProbes: z.coerce.number().int().min(1).max(100).default(1),
    /** Successes in a row that close a circuit from half open. */
    circuitSuccesses: z.coerce.number().int().min(1).max(100).default(3),
    /** Milliseconds between two probes of a provider whose circuit is open. */
    probeMs: milliseconds.min(10).default(5_000),
    /** Milliseconds between two probes at most, where a provider answers them and fails its calls nevertheless. */
    probeMostMs: milliseconds.min(10).default(20_000),
    /** Share of further calls of failing targets to requests. */
    retryRatio: z.coerce.number().min(0).max(1).default(0.1),
    /** Further calls saved up at most. */
    retrySaved: z.coerce.number().min(1).max(10_000).default(10),
    /** Milliseconds before the first further call of the same target, at most. */
    retryFirstMs: milliseconds.default(100),
    /** Milliseconds before any further call of the same target, at most. */
    retryMostMs: milliseconds.default(5_000),
    /** Share of requests for which a second target may be asked because the first is late. */
    hedgeRatio: z.coerce.number().min(0).max(1).default(0.05),
    /** Such second calls saved up at most. */
    hedgeSaved: z.coerce.number().min(1).max(10_000).default(10),
    /** Bytes of a stream that is held back until it has passed its checks, at most. */
    heldStreamBytes: z.coerce.number().int().min(1_024).max(16_777_216).default(4_194_304),
    /** Milliseconds that preparing a schema, or holding an answer against it, may take. */
    schemaTimeMs: milliseconds.max(1_000).default(200),
    /** Milliseconds that a call waits for its account's requests and tokens a minute, at most. */
    quotaWaitMs: milliseconds.default(2_000),
    /** Calls of one account that wait at most. */
    quotaWaiting: z.coerce.number().int().min(1).max(100_000).default(1_000),
    /** Milliseconds between two reports of calls in flight at most. */
    loadReportMs: milliseconds.min(100).default(1_000),
  }),
  environment: {
    FAIRLEAD_CIRCUIT_FAILURES: "circuitFailures",
    FAIRLEAD_CIRCUIT_FAILURE_RATE: "circuitFailureRate",
    FAIRLEAD_CIRCUIT_MIN_CALLS: "circuitMinCalls",
    FAIRLEAD_CIRCUIT_WINDOW_MS: "circuitWindowMs",
    FAIRLEAD_CIRCUIT_OPEN_MS: "circuitOpenMs",
    FAIRLEAD_CIRCUIT_PROBES: "circuitProbes",
    FAIRLEAD_CIRCUIT_SUCCESSES: "circuitSuccesses",
    FAIRLEAD_PROBE_MS: "probeMs",
    FAIRLEAD_PROBE_MOST_MS: "probeMostMs",
    FAIRLEAD_RETRY_RATIO: "retryRatio",
    FAIRLEAD_RETRY_SAVED: "retrySaved",
    FAIRLEAD_RETRY_FIRST_MS: "retryFirstMs",
    FAIRLEAD_RETRY_MOST_MS: "retryMostMs",
    FAIRLEAD_HEDGE_RATIO: "hedgeRatio",
    FAIRLEAD_HEDGE_SAVED: "hedgeSaved",
    FAIRLEAD_HELD_STREAM_BYTES: "heldStreamBytes",
    FAIRLEAD_SCHEMA_TIME_MS: "schemaTimeMs",
    FAIRLEAD_QUOTA_WAIT_MS: "quotaWaitMs",
    FAIRLEAD_QUOTA_WAITING: "quotaWaiting",
    FAIRLEAD_LOAD_REPORT_MS: "loadReportMs",
  },
});

export type FallbackManagerConfig = z.infer<(typeof fallbackManagerConfig)["schema"]>;
