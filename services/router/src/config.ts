import { defineConfig } from "@fairlead/runtime/config";
import { defineLinks } from "@fairlead/runtime/links";
import { z } from "zod";
import { aliasesSchema, balancerName, rulesSchema, strategyName } from "./routing-rules-config.ts";

const milliseconds = z.coerce.number().int().min(0).max(3_600_000);

/** What the service connects to. */
export const routerLinks = defineLinks({ peers: ["fallbackManager", "loadBalancer", "costOptimizer", "slaMonitor"], nats: true, redis: true });

/** Defaults of routing and bounds of execution. */
export const routerConfig = defineConfig({
  section: "router",
  schema: z.strictObject({
    /** Strategy used where neither a request nor a rule names one. */
    defaultStrategy: strategyName.default("weighted_composite"),
    /** Algorithm that chooses among equal targets where neither a request nor a rule names one. */
    defaultBalancing: balancerName.default("least_response_time"),
    /** How far weights may be moved by budgets, load and service levels, as a share of each. */
    weightBound: z.coerce.number().min(0).max(1).default(0.5),
    /** Names that requests may use for models. */
    aliases: aliasesSchema.default({}),
    /** What holds for requests by tenant, role, tool, kind of task, model and header; the first rules come first. */
    rules: rulesSchema.default([]),
    /** File with further aliases and rules, read anew when it changes. Empty: none. */
    rulesFile: z.string().max(4_096).default(""),
    /** Milliseconds for a whole request that states no time. */
    totalMs: milliseconds.min(1).default(120_000),
    /** Milliseconds to connect and send a request, for each attempt. 0: only the others. */
    connectMs: milliseconds.default(5_000),
    /** Milliseconds to the first content of a stream, for each attempt. 0: only the total. */
    firstTokenMs: milliseconds.default(30_000),
    /** Milliseconds between two parts of a stream. 0: only the total. */
    gapMs: milliseconds.default(30_000),
    /** Milliseconds for one unstreamed attempt. 0: only the total. */
    attemptMs: milliseconds.default(60_000),
    /** Milliseconds without first content after which a second target is asked as well. 0: never. */
    hedgeAfterMs: milliseconds.default(0),
    /** Calls for one request at most. */
    maxAttempts: z.coerce.number().int().min(1).max(64).default(6),
    /** Further calls of the last target of a plan. */
    retriesPerTarget: z.coerce.number().int().min(0).max(10).default(2),
    /** Output tokens at most for a request under a budget that states no bound of its own. */
    budgetedOutputTokens: z.coerce.number().int().min(1).max(1_000_000).default(4_096),
    /** Milliseconds to wait for room in a budget that outstanding requests may give back. */
    budgetWaitMs: milliseconds.default(2_000),
    /** Requests of low priority a minute that a budget lets through when almost all of it is gone. */
    emergencyBatchPerMinute: z.coerce.number().int().min(0).max(100_000).default(6),
    /** Seconds that an answer is stored for a request that opts in and states no time. */
    cacheTtlSeconds: z.coerce.number().int().min(1).max(86_400).default(300),
    /** Seconds that a stored answer is kept for when every target fails, where a rule or a request allows it. */
    staleSeconds: z.coerce.number().int().min(1).max(2_592_000).default(86_400),
    /** Milliseconds between two times that what was learned is kept. */
    learnedSaveMs: milliseconds.min(100).default(10_000),
  }),
  environment: {
    FAIRLEAD_DEFAULT_STRATEGY: "defaultStrategy",
    FAIRLEAD_DEFAULT_BALANCING: "defaultBalancing",
    FAIRLEAD_WEIGHT_BOUND: "weightBound",
    FAIRLEAD_RULES_FILE: "rulesFile",
    FAIRLEAD_TOTAL_MS: "totalMs",
    FAIRLEAD_CONNECT_MS: "connectMs",
    FAIRLEAD_FIRST_TOKEN_MS: "firstTokenMs",
    FAIRLEAD_GAP_MS: "gapMs",
    FAIRLEAD_ATTEMPT_MS: "attemptMs",
    FAIRLEAD_HEDGE_AFTER_MS: "hedgeAfterMs",
    FAIRLEAD_MAX_ATTEMPTS: "maxAttempts",
    FAIRLEAD_RETRIES_PER_TARGET: "retriesPerTarget",
    FAIRLEAD_BUDGETED_OUTPUT_TOKENS: "budgetedOutputTokens",
    FAIRLEAD_BUDGET_WAIT_MS: "budgetWaitMs",
    FAIRLEAD_EMERGENCY_BATCH_PER_MINUTE: "emergencyBatchPerMinute",
    FAIRLEAD_CACHE_TTL_SECONDS: "cacheTtlSeconds",
    FAIRLEAD_STALE_SECONDS: "staleSeconds",
    FAIRLEAD_LEARNED_SAVE_MS: "learnedSaveMs",
  },
});

export type RouterConfig = z.infer<(typeof routerConfig)["schema"]>;
