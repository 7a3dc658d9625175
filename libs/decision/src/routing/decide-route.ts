import { create } from "@bufbuild/protobuf";
import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type Candidate, type Decision, DecisionSchema, type Removal } from "@fairlead/contracts/routing/v1/decision";
import type { RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";
import { assignTiers, type Tiered } from "./assign-tiers.ts";
import { explainChoice } from "./explain-choice.ts";
import { judgeConfidence } from "./judge-confidence.ts";
import { firstOf, rankContenders } from "./rank-contenders.ts";
import { isNamed, resolveModel } from "./resolve-model.ts";
import { type Demand, siftTargets } from "./sift-targets.ts";
import { findStrategy, STRATEGY_NAMES } from "./strategies/all-strategies.ts";
import type { Strategy } from "./strategies/strategy.ts";
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
  const { contenders, removals } = siftTargets(eligibleOf(question, strategy, targets, asked), question);
  const ranked = rankContenders(contenders, strategy, { weights: policy.weights }, asked, random);
  const first = firstOf(ranked, asked);
  const isFirstModel = (target: Target) => target.model.model === first?.target.model.model;
  const isPrimary = wanted.kind === "named" ? asked : isFirstModel;
  const tiered = assignTiers(ranked, isPrimary, policy.fallbackModels);
  const best = tiered[0];
  if (best === undefined) {
    return rejectEmpty(removals, policy, create(DecisionSchema, { strategy: strategy.name, analysis, removals }));
  }

  const kept = policy.disableFallback ? [best] : tiered;
  const named = wanted.kind === "named" && asked(best.target);
  const decision = create(DecisionSchema, {
    strategy: strategy.name,
    confidence: judgeConfidence(best, kept[1], named || strategy.pinned === true),
    reasons: explainChoice(best, kept[1], strategy, named, removals),
    analysis,
  });
  // Lists given to `create` are looked through for what is no message yet.
  decision.candidates = kept.map(toCandidate);
  decision.removals = removals;
  return { kind: "routed", decision, ranked: kept };
}

/** What may come into question at all: with fallback models only they and what was asked for. */
function eligibleOf(
  { policy, kind }: RouteQuestion,
  strategy: Strategy,
  targets: readonly Target[],
  asked: (target: Target) => boolean,
): readonly Target[] {
  const { fallbackModels } = policy;
  if (fallbackModels.length > 0) {
    return targets.filter((target) => asked(target) || fallbackModels.some((name) => isNamed(target, name)));
  }
  const onlyAsked = strategy.pinned === true || policy.disableFallback || kind === ModelKind.EMBEDDING;
  return onlyAsked ? targets.filter(asked) : targets;
}

/** A message is a plain object with its type's name; `create` would look up each field for hundreds of them. */
function toCandidate({ target, tier, score, criteria, prediction }: Tiered): Candidate {
  return {
    $typeName: "fairlead.routing.v1.Candidate",
    provider: target.provider,
    model: target.model.model,
    tier,
    score,
    criteria,
    predictedCostNanoUsd: prediction.costNanoUsd,
    worstCaseCostNanoUsd: prediction.worstCaseNanoUsd,
    predictedLatencyMs: prediction.latencyMs,
    predictedQuality: prediction.quality,
  };
}

function reject(code: ErrorCode, field: string | undefined, message: string, decision: Decision): RouteOutcome {
  return { kind: "rejected", code, field, message, decision };
}

/** Reasons that tell more than "no target", the most telling first. */
const REJECTIONS: readonly (readonly [reason: string, code: ErrorCode, field: string | undefined, message: string])[] = [
  ["circuit_open", ErrorCode.CIRCUIT_OPEN, undefined, "The circuit of every target that could answer is open."],
  ["rate_limited", ErrorCode.RATE_LIMITED, undefined, "Every target that could answer asked to wait."],
  ["cost_limit", ErrorCode.COST_LIMIT_EXCEEDED, "policy.max_cost_nano_usd", "The worst case costs more than the request allows."],
  ["context_too_small", ErrorCode.CONTEXT_LENGTH_EXCEEDED, "chat.messages", "The prompt does not fit the context window."],
];

function rejectEmpty(removals: readonly Removal[], policy: RoutingPolicy, decision: Decision): RouteOutcome {
  // What became of providers that are not wanted anyway tells nothing.
  const reasons = new Set(removals.filter(({ provider }) => isWanted(provider, policy)).map(({ reason }) => reason));
  for (const [reason, code, field, message] of REJECTIONS) {
    if (reasons.has(reason)) return reject(code, field, message, decision);
  }
  return reject(ErrorCode.NO_TARGET, undefined, "No target is able and allowed to take this request.", decision);
}

function isWanted(provider: string, policy: RoutingPolicy): boolean {
  return (policy.provider === "" || policy.provider === provider) && !policy.excludedProviders.includes(provider);
}
