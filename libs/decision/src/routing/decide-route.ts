import { create } from "@bufbuild/protobuf";
import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { CandidateSchema, type Decision, DecisionSchema, type Removal } from "@fairlead/contracts/routing/v1/decision";
import { assignTiers, type Tiered } from "./assign-tiers.ts";
import { explainChoice } from "./explain-choice.ts";
import { judgeConfidence } from "./judge-confidence.ts";
import { rankContenders } from "./rank-contenders.ts";
import { resolveModel } from "./resolve-model.ts";
import { type Demand, siftTargets } from "./sift-targets.ts";
import { findStrategy, STRATEGY_NAMES } from "./strategies/all-strategies.ts";
import type { Target } from "./target.ts";

/** What to decide. */
export interface RouteQuestion extends Demand {
  /** Model as the request names it. */
  readonly model: string;
  /** Strategy used where the policy names none. */
  readonly defaultStrategy: string;
}

/** What was decided. */
export type RouteOutcome =
  | { readonly kind: "routed"; readonly decision: Decision; readonly ranked: readonly Tiered[] }
  | {
      readonly kind: "rejected";
      readonly code: ErrorCode;
      /** Field of the request that is at fault; undefined: none is. */
      readonly field: string | undefined;
      readonly message: string;
      readonly decision: Decision;
    };

/**
 * Decides where a request goes: which targets can and may take it, in which order, and why.
 *
 * @param random 0 to 1, anew for each call; only spreads load among equals
 */
export function decideRoute(question: RouteQuestion, targets: readonly Target[], random: () => number): RouteOutcome {
  const { policy, analysis } = question;
  const strategy = findStrategy(policy.strategy === "" ? question.defaultStrategy : policy.strategy);
  const empty = create(DecisionSchema, { strategy: policy.strategy, analysis });
  if (strategy === undefined) {
    return reject(ErrorCode.INVALID_REQUEST, "policy.strategy", `Unknown strategy; known are ${STRATEGY_NAMES.join(", ")}.`, empty);
  }
  const wanted = resolveModel(question.model, targets, question.kind);
  if (wanted.kind === "unknown") {
    const field = question.kind === ModelKind.CHAT ? "chat.model" : "input.model";
    return reject(ErrorCode.MODEL_NOT_FOUND, field, "No provider of this mesh offers this model.", empty);
  }
  const asked = (target: Target) => wanted.kind === "any" || wanted.targets.has(target);
  const onlyAsked = strategy.pinned === true || policy.disableFallback || question.kind === ModelKind.EMBEDDING;
  const eligible = onlyAsked && policy.fallbackModels.length === 0 ? targets.filter(asked) : targets;
  const { contenders, removals } = siftTargets(eligible, question);
  const ranked = rankContenders(contenders, strategy, { weights: policy.weights }, random);
  const first = ranked[0];
  const isAskedFor = (one: (typeof ranked)[number]) =>
    wanted.kind === "named" ? wanted.targets.has(one.target) : one.target.model.model === first?.target.model.model;
  const tiered = assignTiers(ranked, isAskedFor, policy.fallbackModels);
  const best = tiered[0];
  if (best === undefined) return rejectEmpty(removals, create(DecisionSchema, { strategy: strategy.name, analysis, removals }));

  const kept = policy.disableFallback ? [best] : tiered;
  const pinned = strategy.pinned === true || wanted.kind === "named";
  const decision = create(DecisionSchema, {
    strategy: strategy.name,
    confidence: judgeConfidence(best, kept[1], pinned),
    reasons: explainChoice(best, kept[1], strategy, wanted.kind === "named", removals),
    analysis,
    candidates: kept.map(toCandidate),
    removals,
  });
  return { kind: "routed", decision, ranked: kept };
}

function toCandidate(one: Tiered) {
  return create(CandidateSchema, {
    provider: one.target.provider,
    model: one.target.model.model,
    tier: one.tier,
    score: one.score,
    criteria: { ...one.criteria },
    predictedCostNanoUsd: one.prediction.costNanoUsd,
    worstCaseCostNanoUsd: one.prediction.worstCaseNanoUsd,
    predictedLatencyMs: one.prediction.latencyMs,
    predictedQuality: one.prediction.quality,
  });
}

function reject(code: ErrorCode, field: string | undefined, message: string, decision: Decision): RouteOutcome {
  return { kind: "rejected", code, field, message, decision };
}

/** Reasons that tell more than "no target", the most telling last. */
const REJECTIONS: readonly (readonly [reason: string, code: ErrorCode, field: string | undefined, message: string])[] = [
  ["circuit_open", ErrorCode.CIRCUIT_OPEN, undefined, "The circuit of every target that could answer is open."],
  ["rate_limited", ErrorCode.RATE_LIMITED, undefined, "Every target that could answer asked to wait."],
  ["cost_limit", ErrorCode.COST_LIMIT_EXCEEDED, "policy.max_cost_nano_usd", "The worst case costs more than the request allows."],
  ["context_too_small", ErrorCode.CONTEXT_LENGTH_EXCEEDED, "chat.messages", "The prompt does not fit the context window."],
];

function rejectEmpty(removals: readonly Removal[], decision: Decision): RouteOutcome {
  const reasons = new Set(removals.map(({ reason }) => reason));
  for (const [reason, code, field, message] of REJECTIONS) {
    if (reasons.has(reason)) return reject(code, field, message, decision);
  }
  return reject(ErrorCode.NO_TARGET, undefined, "No target is able and allowed to take this request.", decision);
}
