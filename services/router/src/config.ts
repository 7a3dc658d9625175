import { defineConfig } from "@fairlead/runtime/config";
import { findStrategy, STRATEGY_NAMES } from "@fairlead/decision/routing/strategies/all-strategies";
import { z } from "zod";

const milliseconds = z.coerce.number().int().min(0).max(3_600_000);

/** Defaults of routing and bounds of execution. */
export const routerConfig = defineConfig({
  section: "router",
  schema: z.strictObject({
    /** Strategy used where a request names none. */
    defaultStrategy: z
      .string()
      .refine((name) => findStrategy(name) !== undefined, `expected one of ${STRATEGY_NAMES.join(", ")}`)
      .default("weighted_composite"),
    /** Milliseconds for a whole request that states no time. */
    totalMs: milliseconds.min(1).default(120_000),
    /** Milliseconds to the first content of a stream, for each attempt. 0: only the total. */
    firstTokenMs: milliseconds.default(30_000),
    /** Milliseconds between two parts of a stream. 0: only the total. */
    gapMs: milliseconds.default(30_000),
    /** Milliseconds for one unstreamed attempt. 0: only the total. */
    attemptMs: milliseconds.default(60_000),
    /** Calls for one request at most. */
    maxAttempts: z.coerce.number().int().min(1).max(64).default(6),
    /** Further calls of the last target of a plan. */
    retriesPerTarget: z.coerce.number().int().min(0).max(10).default(2),
    /** Output tokens at most for a request under a budget that states no bound of its own. */
    budgetedOutputTokens: z.coerce.number().int().min(1).max(1_000_000).default(4_096),
    /** Milliseconds to wait for room in a budget that outstanding requests may give back. */
    budgetWaitMs: milliseconds.default(2_000),
    /** Seconds that an answer is stored for a request that opts in and states no time. */
    cacheTtlSeconds: z.coerce.number().int().min(1).max(86_400).default(300),
  }),
  environment: {
    FAIRLEAD_DEFAULT_STRATEGY: "defaultStrategy",
    FAIRLEAD_TOTAL_MS: "totalMs",
    FAIRLEAD_FIRST_TOKEN_MS: "firstTokenMs",
    FAIRLEAD_GAP_MS: "gapMs",
    FAIRLEAD_ATTEMPT_MS: "attemptMs",
    FAIRLEAD_MAX_ATTEMPTS: "maxAttempts",
    FAIRLEAD_RETRIES_PER_TARGET: "retriesPerTarget",
    FAIRLEAD_BUDGETED_OUTPUT_TOKENS: "budgetedOutputTokens",
    FAIRLEAD_BUDGET_WAIT_MS: "budgetWaitMs",
    FAIRLEAD_CACHE_TTL_SECONDS: "cacheTtlSeconds",
  },
});

export type RouterConfig = z.infer<(typeof routerConfig)["schema"]>;
