import { create } from "@bufbuild/protobuf";
import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type Analysis, type Decision, DecisionSchema } from "@fairlead/contracts/routing/v1/decision";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import { BALANCER_NAMES, findBalancer } from "../balancing/algorithms/all-balancers.ts";
import type { Balancer, BalancerState } from "../balancing/algorithms/balancer.ts";
import type { LearnedState } from "../learning/learned-state.ts";
import { assignTiers, type Tier, TIERS, type Tiers } from "./assign-tiers.ts";
import type { Balancing } from "./balance-equals.ts";
import { at, type Criteria, weighCriteria } from "./criteria.ts";
import { explainChoice } from "./explain-choice.ts";
import { judgeConfidence } from "./judge-confidence.ts";
import { firstOf, rankContenders } from "./rank-contenders.ts";
import { fitsPin, NO_PINS, type Pin, preferPinned, tellPin } from "./pins.ts";
import { predictCost, predictWorstCase } from "./predict-outcome.ts";
import { rejectEmpty, rejectPinned } from "./reject-empty.ts";
import { resolveModel, targetsNamed } from "./resolve-model.ts";
import { indexTargets } from "./index-targets.ts";
import { type Demand, siftTargets } from "./sift-targets.ts";
import type { Situation } from "./situation.ts";
import { findStrategy, STRATEGY_NAMES } from "./strategies/all-strategies.ts";
import type { Scoring, Strategy } from "./strategies/strategy.ts";
import type { Contender, Prediction, Target } from "./target.ts";
import { toCandidate, toWeights } from "./to-candidate.ts";

/** What to decide. */
export interface RouteQuestion extends Demand {
  /** Model as the request names it. */
  readonly model: string;
  /** Strategy used where the policy names none. */
  readonly defaultStrategy: string;
  /** Algorithm among equals used where the policy names none. */
  readonly defaultBalancing?: string;
  /** What balancers remember and do not see yet; absent: nothing. */
  readonly balancing?: BalancingMemory;
  /** Empty or absent: of no session. */
  readonly session?: string;
  /** State of the budgets that the request is under; absent: of none. */
  readonly budget?: Pick<Situation, "budgetUsed" | "budgetExpected">;
  /** How far weights may be moved, as a share of each, 0 to 1; absent: a half. */
  readonly weightBound?: number;
  /** What was learned from outcomes; absent: nothing. */
  readonly learned?: LearnedState;
  /** Candidates and removals that are told, at most; absent: all. */
  readonly told?: number;
}

/** What balancers remember from request to request. */
export interface BalancingMemory {
  /** What a balancer remembers of a group of equals. */
  readonly stateOf: (balancer: Balancer, group: string) => BalancerState;
  /** Calls of a target that its figures do not show yet, by its key. */
  readonly inFlight: (key: string) => number;
}

/** A target of the plan. */
export interface Tiered extends Contender {
  readonly prediction: Prediction;
  readonly score: number;
  readonly tier: Tier;
}

/** What a request is compared with once its cost is known. */
export interface Baselines {
  /** The dearest that could have answered. */
  readonly dearest: Target | undefined;
  /** The first that the request names, whether or not it could have answered; undefined: it names none. */
  readonly requested: Target | undefined;
}

/** What was decided. */
export type RouteOutcome =
  | { readonly kind: "routed"; readonly decision: Decision; readonly ranked: readonly Tiered[]; readonly baselines: Baselines }
  | {
      readonly kind: "rejected";
      readonly code: ErrorCode;
      /** Field of the request that is at fault; undefined: none is. */
      readonly field: string | undefined;
      readonly message: string;
      readonly decision: Decision;
    };

const DEFAULTS = { balancing: "least_response_time", weightBound: 0.5 } as const;
const NO_MEMORY: BalancingMemory = { stateOf: (balancer) => balancer.createState(), inFlight: () => 0 };

/**
 * Decides where a request goes: which targets can and may take it, in which order, and why.
 *
 * @param random 0 to 1, anew for each call; spreads load among equals and lets strategies explore
 */
export function decideRoute(question: RouteQuestion, targets: readonly Target[], random: () => number): RouteOutcome {
  const { policy, analysis, kind } = question;
  const strategy = findStrategy(policy.strategy === "" ? question.defaultStrategy : policy.strategy);
  const balancer = findBalancer(policy.balancing || question.defaultBalancing || DEFAULTS.balancing);
  const empty = create(DecisionSchema, { strategy: policy.strategy, analysis });
  if (strategy === undefined) return unknownName("policy.strategy", "strategy", STRATEGY_NAMES, empty);
  if (balancer === undefined) return unknownName("policy.balancing", "algorithm", BALANCER_NAMES, empty);
  const wanted = resolveModel(question.model, targets, kind);
  if (wanted.kind === "unknown") {
    const field = kind === ModelKind.CHAT ? "chat.model" : "input.model";
    return { kind: "rejected", code: ErrorCode.MODEL_NOT_FOUND, field, message: "No provider of this mesh offers this model.", decision: empty };
  }
  const { required, preferred } = question.pins ?? NO_PINS;
  const unmet = wanted.kind === "named" ? required.find((pin) => !hasFitting(wanted.targets, pin)) : undefined;
  if (unmet !== undefined) return rejectPinned(unmet, empty, targets);
  const asked = (target: Target) => wanted.kind === "any" || wanted.targets.has(target);
  const isAskedFor = (contender: Contender) => asked(contender.target);
  const fallbacks = policy.fallbackModels.map((name) => new Set(targetsNamed(name, targets)));
  const told = question.told ?? Number.POSITIVE_INFINITY;
  const { contenders, removals, removalCounts } = siftTargets(targets, question, eligibility(question, strategy, asked, fallbacks), told);
  const nothingLeft = () => rejectEmpty(removalCounts, create(DecisionSchema, { strategy: strategy.name, analysis, removals }), required, targets);
  const asksInVain = wanted.kind === "named" && !contenders.some(isAskedFor);
  if (asksInVain && policy.triggers?.costLimit === false && removalCounts.some(({ reason }) => reason === "cost_limit")) {
    return nothingLeft();
  }
  const criteria = weighCriteria(contenders, inFlightOf(question));
  const scoring = score(question, strategy, contenders, criteria, isAskedFor, random);
  const byScore = rankContenders(contenders, {
    scores: scoring.scores,
    equalsCount: indexTargets(targets).equalsCount,
    balancing: balancingOf(question, balancer, random),
    isAskedFor: wanted.kind === "named" ? isAskedFor : () => false,
    draw: strategy.spread === true ? random : undefined,
  });
  const ranked = preferPinned(byScore, preferred);
  const first = firstOf(ranked, isAskedFor);
  const isEqualOfFirst = (contender: Contender) => contender.equals === first?.equals;
  const tiers = assignTiers(ranked, wanted.kind === "named" ? isAskedFor : isEqualOfFirst, fallbacks);
  const kept = firstTiered(tiers, scoring.scores, analysis, policy.disableFallback ? 1 : told);
  const best = kept[0];
  if (best === undefined) return nothingLeft();

  const next = policy.disableFallback ? undefined : nextAfter(best, tiers);
  const named = wanted.kind === "named" && isAskedFor(best);
  const exploring = scoring.isExplored?.(best) === true;
  const scoreOf = ({ place }: Contender) => at(scoring.scores, place);
  const pins = [...required, ...preferred.filter((pin) => fitsPin(pin, best.target))];
  const isClear = next === undefined || named || strategy.pinned === true || pins.length > 0;
  const decision = create(DecisionSchema, {
    strategy: strategy.name,
    confidence: judgeConfidence(isClear ? undefined : best.score - scoreOf(next), best.target.state?.evidence ?? 0),
    reasons: explainChoice({
      best,
      next,
      scoreOf,
      equals: countEqual(best, ranked),
      balancing: balancer.name,
      strategy,
      named,
      exploring,
      pins: pins.map(tellPin),
      removals: removalCounts,
    }),
    analysis,
    balancing: balancer.name,
    exploring,
    adjustments: [...(scoring.adjustments ?? [])],
  });
  if (scoring.weights !== undefined) decision.weights = toWeights(scoring.weights);
  // Lists given to `create` are looked through for what is no message yet.
  decision.candidates = kept.map((one) => toCandidate(one, criteria));
  decision.removals = removals;
  const requested = wanted.kind === "named" ? wanted.targets.values().next().value : undefined;
  return { kind: "routed", decision, ranked: kept, baselines: { dearest: dearestOf(contenders), requested } };
}

/** The first of the tiers, in their order. */
function firstTiered(tiers: Tiers, scores: Float64Array, analysis: Analysis, most: number): Tiered[] {
  const first: Tiered[] = [];
  for (const tier of TIERS) {
    for (const contender of tiers[tier]) {
      if (first.length >= most) return first;
      const score = at(scores, contender.place);
      first.push({ ...contender, prediction: predictionOf(contender, analysis), score, tier });
    }
  }
  return first;
}

/** What is predicted of a contender, to the nano-dollar. Few are kept, so only for them it is worked out exactly. */
function predictionOf({ target: { price }, offered, latencyMs, reliability }: Contender, analysis: Analysis): Prediction {
  const costNanoUsd = price === undefined ? 0n : predictCost(price, analysis);
  const worstCaseNanoUsd = price === undefined ? 0n : predictWorstCase(price, analysis, offered.outputBound);
  return { costNanoUsd, cost: Number(costNanoUsd), worstCaseNanoUsd, latencyMs, quality: offered.quality, reliability };
}

function hasFitting(targets: ReadonlySet<Target>, pin: Pin): boolean {
  for (const target of targets) if (fitsPin(pin, target)) return true;
  return false;
}

function nextAfter(best: Contender, tiers: Tiers): Contender | undefined {
  for (const tier of TIERS) {
    const found = tiers[tier].find((one) => !isEqual(one, best));
    if (found !== undefined) return found;
  }
  return undefined;
}

function countEqual(best: Contender, ranked: readonly Contender[]): number {
  let count = 0;
  for (const one of ranked) if (isEqual(one, best)) count += 1;
  return count;
}

function dearestOf(contenders: readonly Contender[]): Target | undefined {
  let dearest: Contender | undefined;
  for (const one of contenders) if (dearest === undefined || one.offered.cost > dearest.offered.cost) dearest = one;
  return dearest?.target;
}

function unknownName(field: string, what: string, known: readonly string[], decision: Decision): RouteOutcome {
  return { kind: "rejected", code: ErrorCode.INVALID_REQUEST, field, message: `Unknown ${what}; known are ${known.join(", ")}.`, decision };
}

/** What may come into question at all: with fallback models only they and what was asked for. */
function eligibility(
  { policy, kind }: RouteQuestion,
  strategy: Strategy,
  asked: (target: Target) => boolean,
  fallbacks: readonly ReadonlySet<Target>[],
): (target: Target) => boolean {
  if (fallbacks.length > 0) return (target) => asked(target) || fallbacks.some((named) => named.has(target));
  const onlyAsked = strategy.pinned === true || policy.disableFallback || kind === ModelKind.EMBEDDING;
  return onlyAsked ? asked : () => true;
}

function inFlightOf({ balancing }: RouteQuestion): (contender: Contender) => number {
  return balancing === undefined ? () => 0 : ({ key }) => balancing.inFlight(key);
}

function score(
  question: RouteQuestion,
  strategy: Strategy,
  contenders: readonly Contender[],
  criteria: Criteria,
  isAskedFor: (contender: Contender) => boolean,
  random: () => number,
): Scoring {
  return strategy.score({
    contenders,
    criteria,
    analysis: question.analysis,
    isAskedFor,
    weights: question.policy.weights,
    situation: () => situationOf(question, contenders, criteria),
    weightBound: question.weightBound ?? DEFAULTS.weightBound,
    learned: question.learned,
    now: question.now,
    random,
  });
}

function situationOf({ budget }: RouteQuestion, contenders: readonly Contender[], { load }: Criteria): Situation {
  let room = 0;
  let troubled = 0;
  for (const { place, target } of contenders) {
    room += at(load, place);
    const { verdict } = target;
    if (verdict === Verdict.DEGRADED || verdict === Verdict.UNHEALTHY) troubled += 1;
  }
  const count = Math.max(1, contenders.length);
  return {
    budgetUsed: budget?.budgetUsed ?? 0,
    budgetExpected: budget?.budgetExpected,
    load: contenders.length === 0 ? 0 : 1 - room / count,
    troubled: troubled / count,
  };
}

function balancingOf(question: RouteQuestion, balancer: Balancer, random: () => number): Balancing {
  const memory = question.balancing ?? NO_MEMORY;
  return {
    balancer,
    stateOf: (group) => memory.stateOf(balancer, group),
    inFlight: memory.inFlight,
    session: question.session ?? "",
    expectedTokens: question.analysis.inputTokens + question.analysis.outputTokens,
    now: question.now,
    random,
  };
}

function isEqual(one: Contender, other: Contender): boolean {
  return one.equals === other.equals && (one.reservation === undefined) === (other.reservation === undefined);
}
