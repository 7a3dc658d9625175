import { create } from "@bufbuild/protobuf";
import { CriteriaWeightsSchema, DegradedAnswerSchema, FallbackTriggersSchema } from "@fairlead/contracts/routing/v1/routing_policy";
import { BALANCER_NAMES } from "@fairlead/decision/balancing/algorithms/all-balancers";
import type { PolicyDefaults, RoutingRules } from "@fairlead/decision/routing/rules/routing-rules";
import { STRATEGY_NAMES } from "@fairlead/decision/routing/strategies/all-strategies";
import { z } from "zod";

const share = z.number().min(0).max(1);
const name = z.string().min(1).max(256);
const names = z.array(name).max(64);
const milliseconds = z.number().int().min(0).max(3_600_000);
/** Weights of a configuration are stated as shares; those of a request are scaled. */
const SUM_TOLERANCE = 0.001;

export const strategyName = z
  .string()
  .refine((one) => STRATEGY_NAMES.includes(one), `expected one of ${STRATEGY_NAMES.join(", ")}`);
export const balancerName = z
  .string()
  .refine((one) => BALANCER_NAMES.includes(one), `expected one of ${BALANCER_NAMES.join(", ")}`);

const weights = z
  .strictObject({ cost: share.default(0), latency: share.default(0), quality: share.default(0), reliability: share.default(0), load: share.default(0) })
  .refine(
    (one) => Math.abs(Object.values(one).reduce((sum, weight) => sum + weight, 0) - 1) <= SUM_TOLERANCE,
    "expected weights that sum to 1",
  );

const triggers = z.strictObject({
  networkError: z.boolean().optional(),
  timeout: z.boolean().optional(),
  unavailable: z.boolean().optional(),
  authentication: z.boolean().optional(),
  rateLimit: z.boolean().optional(),
  overload: z.boolean().optional(),
  costLimit: z.boolean().optional(),
  budget: z.boolean().optional(),
  rejected: z.boolean().optional(),
  refusal: z.boolean().optional(),
  invalidOutput: z.boolean().optional(),
  minScore: share.optional(),
  minGrounding: share.optional(),
  holdStream: z.boolean().optional(),
});

/** How targets are chosen, as YAML states it. */
export const policySchema = z.strictObject({
  strategy: strategyName.optional(),
  provider: name.optional(),
  excludedProviders: names.optional(),
  fallbackModels: names.max(16).optional(),
  disableFallback: z.boolean().optional(),
  weights: weights.optional(),
  /** Dollars for one attempt at most, as a decimal text, so that nothing is rounded. */
  maxCostUsd: z
    .string()
    .regex(/^\d{1,9}(?:\.\d{1,9})?$/, "expected dollars as a decimal text with up to nine places, such as \"0.05\"")
    .optional(),
  minQuality: share.optional(),
  maxLatencyMs: milliseconds.optional(),
  balancing: balancerName.optional(),
  triggers: triggers.optional(),
  hedgeAfterMs: milliseconds.optional(),
  degradedAnswer: z.strictObject({ staleCache: z.boolean().optional(), fixedText: z.string().max(4_096).optional() }).optional(),
});

function checkHeaderNames(headers: Record<string, string>, context: z.RefinementCtx): void {
  for (const header of Object.keys(headers)) {
    if (/^[a-z0-9-]{1,64}$/.test(header)) continue;
    context.addIssue({ code: "custom", path: [header], message: "expected a header's name in small letters" });
  }
}

const conditionSchema = z.strictObject({
  tenants: names.optional(),
  roles: names.optional(),
  tools: names.optional(),
  categories: names.optional(),
  complexities: names.optional(),
  models: names.optional(),
  headers: z.record(z.string(), z.string().max(256)).superRefine(checkHeaderNames).optional(),
});

export const aliasesSchema = z.record(
  name,
  z.strictObject({ models: names.max(17).default([]), policy: policySchema.default({}) }),
);

export const rulesSchema = z
  .array(z.strictObject({ name, when: conditionSchema.default({}), model: name.optional(), policy: policySchema.default({}) }))
  .max(1_000)
  .refine((rules) => new Set(rules.map((rule) => rule.name)).size === rules.length, "expected a name of its own for each rule");

/** A file of aliases and rules by itself. */
export const rulesFileSchema = z.strictObject({ aliases: aliasesSchema.default({}), rules: rulesSchema.default([]) });

type Stated = z.infer<typeof rulesFileSchema>;

/** Names for what people ask for most, which a configuration may overwrite. */
const COMMON_ALIASES: Stated["aliases"] = {
  fast: { models: [], policy: { strategy: "speed" } },
  smart: { models: [], policy: { strategy: "quality" } },
  cheap: { models: [], policy: { strategy: "cost" } },
};

/** Rules as the core takes them. */
export function toRoutingRules({ aliases, rules }: Stated): RoutingRules {
  return {
    aliases: Object.fromEntries(
      Object.entries({ ...COMMON_ALIASES, ...aliases }).map(([alias, { models, policy }]) => [alias, { models, policy: toPolicy(policy) }]),
    ),
    rules: rules.map(({ name: rule, when, model, policy }) => ({
      name: rule,
      when: present(when),
      policy: toPolicy(policy),
      ...(model === undefined ? {} : { model }),
    })),
  };
}

function toPolicy({ maxCostUsd, weights: stated, triggers: switches, degradedAnswer, ...plain }: z.infer<typeof policySchema>): PolicyDefaults {
  return {
    ...present(plain),
    ...(maxCostUsd === undefined ? {} : { maxCostNanoUsd: toNanoUsd(maxCostUsd) }),
    ...(stated === undefined ? {} : { weights: create(CriteriaWeightsSchema, stated) }),
    ...(switches === undefined ? {} : { triggers: create(FallbackTriggersSchema, present(switches)) }),
    ...(degradedAnswer === undefined ? {} : { degradedAnswer: create(DegradedAnswerSchema, present(degradedAnswer)) }),
  };
}

function toNanoUsd(dollars: string): bigint {
  const [whole = "0", part = ""] = dollars.split(".");
  return BigInt(whole) * 1_000_000_000n + BigInt(part.padEnd(9, "0"));
}

/** Without the keys that hold nothing. */
function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}
