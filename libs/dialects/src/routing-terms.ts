import { create, fromJson, type JsonObject } from "@bufbuild/protobuf";
import type { RequestContext } from "@fairlead/contracts/routing/v1/request_context";
import { CacheMode, Priority } from "@fairlead/contracts/routing/v1/request_context";
import {
  type CriteriaWeights,
  DegradedAnswerSchema,
  type FallbackTriggers,
  FallbackTriggersSchema,
  type RoutingPolicy,
} from "@fairlead/contracts/routing/v1/routing_policy";
import { z } from "zod";
import { parseNanoUsd } from "./nano-usd.ts";

const MAX_NANO_USD = 10n ** 18n;

const owner = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z0-9_.@:-]*$/);
const identifier = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z0-9_.:-]*$/);
const weight = z.number().min(0).max(1000).optional();

const dollars = z.union([z.string(), z.number()]).transform((value, context) => {
  const nano = parseNanoUsd(value);
  if (nano !== undefined && nano >= 0n && nano <= MAX_NANO_USD) return nano;
  const message = "A number of dollars from 0 to 1000000000, no finer than a billionth, is expected.";
  context.addIssue({ code: "custom", message, params: { rule: "format" } });
  return z.NEVER;
});

const share = z.number().min(0).max(1);
const triggerTerms = z
  .strictObject({
    network_error: z.boolean(),
    timeout: z.boolean(),
    unavailable: z.boolean(),
    authentication: z.boolean(),
    rate_limit: z.boolean(),
    overload: z.boolean(),
    cost_limit: z.boolean(),
    budget: z.boolean(),
    rejected: z.boolean(),
    refusal: z.boolean(),
    invalid_output: z.boolean(),
    min_score: share,
    min_grounding: share,
    hold_stream: z.boolean(),
  })
  .partial();

/** Each thing a caller may say about how a request is routed, by its name in the body's `fairlead` object. */
export const termFields = {
  strategy: z
    .string()
    .max(64)
    .regex(/^[a-z0-9_]*$/),
  provider: z.string().max(64),
  excluded_providers: z.array(z.string().min(1).max(64)).max(32),
  weights: z.strictObject({ cost: weight, latency: weight, quality: weight, reliability: weight, load: weight }),
  balancing: z
    .string()
    .max(64)
    .regex(/^[a-z0-9_]*$/),
  max_cost_usd: dollars,
  fallback_models: z.array(z.string().min(1).max(256)).max(16),
  disable_fallback: z.boolean(),
  min_quality: z.number().min(0).max(1),
  max_latency_ms: z.int().min(0).max(3_600_000),
  hedge_after_ms: z.int().min(0).max(3_600_000),
  triggers: triggerTerms,
  degraded_answer: z.strictObject({ stale_cache: z.boolean(), fixed_text: z.string().max(4_096) }).partial(),
  role: z
    .string()
    .max(64)
    .regex(/^[a-zA-Z0-9_.:-]*$/),
  tenant: owner,
  user: owner,
  project: owner,
  tags: z
    .array(
      z
        .string()
        .min(1)
        .max(64)
        .regex(/^[a-zA-Z0-9_.@:=/-]+$/),
    )
    .max(16),
  session_id: identifier,
  conversation_id: identifier,
  priority: z.enum(["interactive", "normal", "batch"]),
  idempotency_key: z
    .string()
    .max(256)
    .regex(/^[a-zA-Z0-9_.:-]*$/),
  cache: z.enum(["off", "read_write", "refresh"]),
  cache_ttl_seconds: z.int().min(0).max(2_592_000),
  timeout_ms: z.int().min(0).max(3_600_000),
  strict: z.boolean(),
};

/** The `fairlead` object of a body. A key that is not known is refused: a misspelt limit must not pass as no limit. */
export const routingTermsSchema = z.strictObject(termFields).partial().nullish();

/** The name of a request comes in a header only. */
export const requestIdSchema = identifier;

/** What a caller said about how a request is routed; what is missing was not said. */
export type RoutingTerms = Partial<z.output<z.ZodObject<typeof termFields>>> & { readonly request_id?: string };

export const NO_TERMS: RoutingTerms = {};

const PRIORITIES = { interactive: Priority.INTERACTIVE, normal: Priority.NORMAL, batch: Priority.BATCH } as const;
const CACHE_MODES = { off: CacheMode.OFF, read_write: CacheMode.READ_WRITE, refresh: CacheMode.REFRESH } as const;

/** Terms of the headers under those of the body, which are closer to the request. */
export function mergeTerms(fromHeaders: RoutingTerms, fromBody: RoutingTerms | null | undefined): RoutingTerms {
  return fromBody === null || fromBody === undefined ? fromHeaders : { ...fromHeaders, ...fromBody };
}

/** Who asks, and under what terms. */
export function toContext(terms: RoutingTerms): RequestContext {
  return {
    $typeName: "fairlead.routing.v1.RequestContext",
    requestId: terms.request_id ?? "",
    tenant: terms.tenant ?? "",
    user: terms.user ?? "",
    project: terms.project ?? "",
    tags: terms.tags ?? [],
    sessionId: terms.session_id ?? "",
    priority: terms.priority === undefined ? Priority.UNSPECIFIED : PRIORITIES[terms.priority],
    idempotencyKey: terms.idempotency_key ?? "",
    cacheMode: terms.cache === undefined ? CacheMode.UNSPECIFIED : CACHE_MODES[terms.cache],
    cacheTtlSeconds: terms.cache_ttl_seconds ?? 0,
    conversationId: terms.conversation_id ?? "",
    timeoutMs: terms.timeout_ms ?? 0,
    strict: terms.strict ?? false,
    role: terms.role ?? "",
    headers: {},
  };
}

/** How the target is chosen. */
export function toPolicy(terms: RoutingTerms): RoutingPolicy {
  const policy: RoutingPolicy = {
    $typeName: "fairlead.routing.v1.RoutingPolicy",
    strategy: terms.strategy ?? "",
    provider: terms.provider ?? "",
    excludedProviders: terms.excluded_providers ?? [],
    fallbackModels: terms.fallback_models ?? [],
    disableFallback: terms.disable_fallback ?? false,
    balancing: terms.balancing ?? "",
  };
  if (terms.weights !== undefined) policy.weights = toWeights(terms.weights);
  if (terms.max_cost_usd !== undefined) policy.maxCostNanoUsd = terms.max_cost_usd;
  if (terms.min_quality !== undefined) policy.minQuality = terms.min_quality;
  if (terms.max_latency_ms !== undefined) policy.maxLatencyMs = terms.max_latency_ms;
  if (terms.hedge_after_ms !== undefined) policy.hedgeAfterMs = terms.hedge_after_ms;
  if (terms.triggers !== undefined) policy.triggers = toTriggers(terms.triggers);
  if (terms.degraded_answer !== undefined) {
    const { stale_cache: staleCache = false, fixed_text: fixedText = "" } = terms.degraded_answer;
    policy.degradedAnswer = create(DegradedAnswerSchema, { staleCache, fixedText });
  }
  return policy;
}

/** Names of a body are those of the contract, in its own spelling. */
function toTriggers(triggers: NonNullable<RoutingTerms["triggers"]>): FallbackTriggers {
  return fromJson(FallbackTriggersSchema, triggers as JsonObject);
}

function toWeights(weights: NonNullable<RoutingTerms["weights"]>): CriteriaWeights {
  const { cost = 0, latency = 0, quality = 0, reliability = 0, load = 0 } = weights;
  return { $typeName: "fairlead.routing.v1.CriteriaWeights", cost, latency, quality, reliability, load };
}
