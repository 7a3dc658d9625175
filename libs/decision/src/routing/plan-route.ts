import { create } from "@bufbuild/protobuf";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type AnswerChecks, AnswerChecksSchema, type Plan, type PlannedAttempt, PlanSchema } from "@fairlead/contracts/execution/v1/plan";
import type { FallbackTriggers, RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";
import type { Tiered } from "./decide-route.ts";
import { snapshotBase } from "./snapshot-of.ts";

/** Bounds of an execution that no request states. Milliseconds; 0: no bound of its own. */
export interface PlanLimits {
  readonly totalMs: number;
  readonly connectMs: number;
  readonly firstTokenMs: number;
  readonly gapMs: number;
  readonly attemptMs: number;
  readonly maxAttempts: number;
  readonly retriesPerTarget: number;
  readonly hedgeAfterMs: number;
}

/** What a plan holds of the request itself. */
export interface PlannedRequest {
  /** Model as it is looked for. */
  readonly model: string;
  /** Tokens in and out that a call will probably use. */
  readonly expectedTokens: number;
}

/** A trigger that is on unless it is switched off, and the failures that it is about. */
type TriggerSwitch = readonly [trigger: keyof FallbackTriggers, codes: readonly ErrorCode[]];

const SWITCHES: readonly TriggerSwitch[] = [
  ["networkError", [ErrorCode.PROVIDER_UNREACHABLE, ErrorCode.UNAVAILABLE]],
  ["timeout", [ErrorCode.TIMEOUT]],
  ["unavailable", [ErrorCode.PROVIDER_ERROR, ErrorCode.MALFORMED_ANSWER]],
  ["authentication", [ErrorCode.PROVIDER_AUTHENTICATION, ErrorCode.PROVIDER_QUOTA_EXHAUSTED]],
  ["rateLimit", [ErrorCode.RATE_LIMITED]],
  ["overload", [ErrorCode.OVERLOADED]],
  ["costLimit", [ErrorCode.COST_LIMIT_EXCEEDED]],
  ["rejected", [ErrorCode.CONTEXT_LENGTH_EXCEEDED, ErrorCode.CONTENT_REFUSED]],
];

/**
 * Puts what was decided into a plan: whom to try in which order, within which limits, after which failures nobody else,
 * and what an answer has to pass.
 */
export function planRoute(ranked: readonly Tiered[], policy: RoutingPolicy, limits: PlanLimits, request: PlannedRequest): Plan {
  const { triggers } = policy;
  const plan = create(PlanSchema, {
    limits: { ...limits, hedgeAfterMs: policy.hedgeAfterMs ?? limits.hedgeAfterMs },
    expectedTokens: request.expectedTokens,
    finalCodes: SWITCHES.flatMap(([trigger, codes]) => (triggers?.[trigger] === false ? codes : [])),
  });
  plan.attempts = ranked.map((one) => toAttempt(one, request.model));
  if (policy.maxCostNanoUsd !== undefined && plan.limits !== undefined) plan.limits.maxCostNanoUsd = policy.maxCostNanoUsd;
  const checks = checksOf(triggers);
  if (checks !== undefined) plan.checks = checks;
  return plan;
}

function toAttempt({ target, tier, prediction }: Tiered, askedModel: string): PlannedAttempt {
  const { provider, model, deployment, region, price, limits } = target;
  // A message is a plain object with its type's name; `create` would look up each field, eight times for each request.
  const attempt: PlannedAttempt = {
    $typeName: "fairlead.execution.v1.PlannedAttempt",
    provider,
    model: model.model,
    deployment,
    region,
    tier,
    worstCaseCostNanoUsd: prediction.worstCaseNanoUsd,
    askedModel: snapshotOf(askedModel, provider, model.model),
  };
  if (price !== undefined) attempt.price = price;
  if (limits !== undefined) attempt.limits = limits;
  return attempt;
}

/** A dated form of the model's name, which its provider tells apart and the catalogue does not; empty: none was asked. */
function snapshotOf(asked: string, provider: string, model: string): string {
  const name = asked.startsWith(`${provider}/`) ? asked.slice(provider.length + 1) : asked;
  return snapshotBase(name) === model ? name : "";
}

function checksOf(triggers: FallbackTriggers | undefined): AnswerChecks | undefined {
  if (triggers === undefined) return undefined;
  const { refusal = false, invalidOutput = false, minScore = 0, minGrounding = 0, holdStream = false } = triggers;
  if (!refusal && !invalidOutput && minScore === 0 && minGrounding === 0) return undefined;
  return create(AnswerChecksSchema, { refusal, structuredOutput: invalidOutput, minScore, minGrounding, holdStream });
}
