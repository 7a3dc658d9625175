import { create } from "@bufbuild/protobuf";
import type { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type Account, AccountSchema } from "@fairlead/contracts/execution/v1/execution_service";
import type { Plan } from "@fairlead/contracts/execution/v1/plan";
import type { Decision } from "@fairlead/contracts/routing/v1/decision";
import type { RequestContext } from "@fairlead/contracts/routing/v1/request_context";
import type { RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";
import type { RequestAnalysis } from "@fairlead/decision/analysis/analyze-request";
import { type BalancingMemory, decideRoute, type RouteOutcome, type RouteQuestion, type Tiered } from "@fairlead/decision/routing/decide-route";
import type { Pins } from "@fairlead/decision/routing/pins";
import { planRoute } from "@fairlead/decision/routing/plan-route";
import type { CallContext } from "@fairlead/rpc/call";
import { failure, FairleadError } from "@fairlead/rpc/fairlead-error";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { BatchThrottle } from "./batch-throttle.ts";
import type { BudgetLeases } from "./budget-leases.ts";
import type { RouterConfig } from "./config.ts";
import type { RouterEvents } from "./events.ts";
import type { Learning } from "./learning.ts";
import type { LocalLoad } from "./local-load.ts";
import type { MeshView } from "./mesh-view.ts";
import type { RouterMetrics } from "./metrics.ts";
import { type Prepared, throttleBatch } from "./prepare-request.ts";
import { budgetAdaptation, NOTHING_RESERVED, type Reserved, reserveCost } from "./reserve-cost.ts";
import type { RuledRoutes } from "./ruled-routes.ts";
import { traceDecision } from "./trace-decision.ts";
import { traceRefusal } from "./trace-request.ts";

/** What routing needs. */
export interface RoutingTools {
  readonly config: RouterConfig;
  readonly routes: RuledRoutes;
  readonly view: MeshView;
  readonly load: LocalLoad;
  readonly learning: Learning;
  readonly leases: BudgetLeases;
  readonly throttle: BatchThrottle;
  readonly events: RouterEvents;
  readonly metrics: RouterMetrics;
  readonly tools: ServiceTools;
}

/** A request, in what all kinds of requests have in common. */
export interface RoutingSubject {
  readonly kind: ModelKind;
  readonly model: string;
  readonly analyzed: RequestAnalysis;
  /** Names of the tools that it offers. */
  readonly toolNames: readonly string[];
  readonly streaming: boolean;
  readonly maxOutputTokens: number | undefined;
  readonly context: RequestContext;
  readonly policy: RoutingPolicy | undefined;
  readonly pins: Pins;
}

/** A request that may be executed. */
export interface Routed {
  readonly decision: Decision;
  readonly plan: Plan;
  readonly account: Account;
  /** Output tokens that the budget allows where the request states no bound; undefined: unbounded by it. */
  readonly outputCap: number | undefined;
  readonly adaptations: readonly Adaptation[];
  /** To be called when it is over, once or more: its call no longer counts as in flight. */
  readonly over: () => void;
}

type RoutedOutcome = Extract<RouteOutcome, { kind: "routed" }>;

/** Attempts of a plan at most: more than are made by default, so that some may be skipped. */
const MAX_PLANNED = 8;

/** How a decision is made: for a call that follows it, or only to be looked at. */
export interface DecisionMode {
  readonly balancing: BalancingMemory;
  /** Candidates and removals that are told, at most; undefined: all. */
  readonly told: number | undefined;
}

/**
 * Decides where a request goes and tells why, in a span and an event.
 *
 * @throws FairleadError INVALID_REQUEST, MODEL_NOT_FOUND, NO_TARGET and what else keeps every target from it
 */
export function decide(routing: RoutingTools, prepared: Prepared, call: CallContext, mode: DecisionMode): RoutedOutcome {
  const { view, tools, metrics, events } = routing;
  const { context } = prepared.subject;
  const started = performance.now();
  const span = traceDecision(tools.tracer, call.trace);
  const outcome = decideRoute(questionOf(routing, prepared, mode), view.targets(), Math.random);
  const { decision } = outcome;
  decision.stateAge = view.age();
  decision.rules = [...prepared.rules];
  decision.replacedStrategy = prepared.replacedStrategy;
  if (prepared.replacedStrategy !== "") {
    const budgetId = prepared.pressure.worst?.budget?.budgetId ?? "";
    decision.reasons.push(`${decision.strategy} replaces ${prepared.replacedStrategy} because most of budget ${budgetId} is used.`);
  }
  const took = performance.now() - started;
  span.end(outcome, prepared);
  metrics.decided(outcome, took);
  events.decisionMade(context, outcome, took, call.trace);
  if (outcome.kind === "routed") return outcome;
  const violations = outcome.field === undefined ? [] : [{ field: outcome.field, description: outcome.message, rule: "fairlead.routing" }];
  const message = outcome.field === undefined ? outcome.message : `${outcome.field}: ${outcome.message}`;
  throw failure(outcome.code, message, { violations, requestId: context.requestId });
}

/** Decides, and reserves what the request can cost at most. */
export async function routeRequest(routing: RoutingTools, prepared: Prepared, call: CallContext): Promise<Routed> {
  try {
    return await route(routing, prepared, call);
  } catch (refusal) {
    traceRefusal(call.trace, refusal);
    throw refusal;
  }
}

async function route(routing: RoutingTools, prepared: Prepared, call: CallContext): Promise<Routed> {
  throttleBatch(routing, prepared);
  const { subject } = prepared;
  const { decided, reserved } = await decideWithinBudget(routing, prepared, call);
  const { context } = subject;
  const { decision, baselines } = decided;
  const account = create(AccountSchema, {
    requestId: context.requestId,
    tenant: context.tenant,
    user: context.user,
    project: context.project,
    tags: context.tags,
    holds: [...reserved.reservation.holds],
    strategy: decision.strategy,
  });
  if (baselines.dearest?.price !== undefined) account.dearestPrice = baselines.dearest.price;
  if (baselines.requested?.price !== undefined) account.requestedPrice = baselines.requested.price;
  const first = reserved.attempts[0];
  return {
    decision,
    plan: planOf(routing, prepared, reserved.attempts, call),
    account,
    outputCap: reserved.outputCap,
    adaptations: reserved.outputCap === undefined ? [] : [budgetAdaptation(reserved.outputCap)],
    over: first === undefined ? () => undefined : routing.load.begin(first.key),
  };
}

/** The plan of what costs nothing: decided like any other, with nothing reserved. */
export function decideOnly(routing: RoutingTools, prepared: Prepared, call: CallContext): Plan {
  const { ranked } = decide(routing, prepared, call, { balancing: routing.load.preview(), told: MAX_PLANNED });
  return planOf(routing, prepared, ranked, call);
}

function planOf(routing: RoutingTools, { subject, policy, model }: Prepared, attempts: readonly Tiered[], call: CallContext): Plan {
  const { inputTokens, outputTokens } = subject.analyzed.analysis;
  return planRoute(attempts, policy, limitsOf(routing, subject.context, call), { model, expectedTokens: inputTokens + outputTokens });
}

/** Where a budget has no room and says so, or the request does, models that cost nothing are tried instead. */
async function decideWithinBudget(routing: RoutingTools, prepared: Prepared, call: CallContext): Promise<{ decided: RoutedOutcome; reserved: Reserved }> {
  const mode = { balancing: routing.load, told: MAX_PLANNED };
  const decided = decide(routing, prepared, call, mode);
  try {
    return { decided, reserved: await reserveCost(routing, prepared.subject, decided.ranked, call) };
  } catch (refusal) {
    const mayGoFree = prepared.pressure.freeAtCap || prepared.policy.triggers?.budget === true;
    if (!mayGoFree || !(refusal instanceof FairleadError) || refusal.code !== ErrorCode.BUDGET_EXCEEDED) throw refusal;
    return decideForFree(routing, prepared, call, mode, refusal);
  }
}

function decideForFree(routing: RoutingTools, prepared: Prepared, call: CallContext, mode: DecisionMode, refusal: FairleadError) {
  const policy = { ...prepared.policy, maxCostNanoUsd: 0n, strategy: prepared.policy.strategy === "manual" ? "quality" : prepared.policy.strategy };
  try {
    const decided = decide(routing, { ...prepared, policy }, call, mode);
    decided.decision.reasons.push("Only models that cost nothing were left, because a budget has no room.");
    return { decided, reserved: { attempts: decided.ranked, reservation: NOTHING_RESERVED, outputCap: undefined } };
  } catch {
    throw refusal;
  }
}

function questionOf({ config, tools, learning }: RoutingTools, prepared: Prepared, { balancing, told }: DecisionMode): RouteQuestion {
  const { subject, policy, model, pressure } = prepared;
  const question: RouteQuestion = {
    ...subject.analyzed,
    kind: subject.kind,
    model,
    streaming: subject.streaming,
    maxOutputTokens: subject.maxOutputTokens,
    policy,
    now: tools.now(),
    defaultStrategy: config.defaultStrategy,
    defaultBalancing: config.defaultBalancing,
    balancing,
    session: subject.context.sessionId,
    budget: { budgetUsed: pressure.used, budgetExpected: pressure.expected },
    weightBound: config.weightBound,
    learned: learning.state,
    pins: subject.pins,
  };
  return told === undefined ? question : { ...question, told };
}

function limitsOf({ config }: RoutingTools, context: RequestContext, call: CallContext) {
  const total = context.timeoutMs === 0 ? config.totalMs : context.timeoutMs;
  const left = call.deadline === undefined ? total : Math.min(total, call.deadline - Date.now());
  return {
    totalMs: Math.max(1, left),
    connectMs: config.connectMs,
    firstTokenMs: config.firstTokenMs,
    gapMs: config.gapMs,
    attemptMs: config.attemptMs,
    maxAttempts: config.maxAttempts,
    retriesPerTarget: config.retriesPerTarget,
    hedgeAfterMs: config.hedgeAfterMs,
  };
}

/** The error of a part of the contract whose behaviour is not there. */
export function unimplemented(field: string) {
  return failure(ErrorCode.UNIMPLEMENTED, `${field}: not offered by this version.`, {
    violations: [{ field, description: "Not offered by this version.", rule: "fairlead.unimplemented" }],
  });
}
