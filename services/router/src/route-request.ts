import { create } from "@bufbuild/protobuf";
import type { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { AdaptationKind, type Adaptation, AdaptationSchema } from "@fairlead/contracts/chat/v1/chat_response";
import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type Account, AccountSchema } from "@fairlead/contracts/execution/v1/execution_service";
import { type Plan, PlanSchema } from "@fairlead/contracts/execution/v1/plan";
import type { Decision } from "@fairlead/contracts/routing/v1/decision";
import type { RequestContext } from "@fairlead/contracts/routing/v1/request_context";
import { type RoutingPolicy, RoutingPolicySchema } from "@fairlead/contracts/routing/v1/routing_policy";
import type { RequestAnalysis } from "@fairlead/decision/analysis/analyze-request";
import { affordableOutput } from "@fairlead/decision/cost/affordable-output";
import { type BudgetMatch, matchBudgets } from "@fairlead/decision/cost/match-budgets";
import { worstCaseCost } from "@fairlead/decision/cost/worst-case-cost";
import type { Tiered } from "@fairlead/decision/routing/assign-tiers";
import { decideRoute } from "@fairlead/decision/routing/decide-route";
import { outputBound } from "@fairlead/decision/routing/predict-outcome";
import type { CallContext } from "@fairlead/rpc/call";
import { abortError } from "@fairlead/rpc/deadline";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { BudgetLeases, Reservation } from "./budget-leases.ts";
import type { RouterConfig } from "./config.ts";
import type { RouterEvents } from "./events.ts";
import type { MeshView } from "./mesh-view.ts";
import type { RouterMetrics } from "./metrics.ts";
import { traceDecision } from "./trace-decision.ts";

/** What routing needs. */
export interface RoutingTools {
  readonly config: RouterConfig;
  readonly view: MeshView;
  readonly leases: BudgetLeases;
  readonly events: RouterEvents;
  readonly metrics: RouterMetrics;
  readonly tools: ServiceTools;
}

/** A request, in what all kinds of requests have in common. */
export interface RoutingSubject {
  readonly kind: ModelKind;
  readonly model: string;
  readonly analyzed: RequestAnalysis;
  readonly streaming: boolean;
  readonly maxOutputTokens: number | undefined;
  readonly context: RequestContext;
  readonly policy: RoutingPolicy | undefined;
}

/** A request that may be executed. */
export interface Routed {
  readonly decision: Decision;
  readonly plan: Plan;
  readonly account: Account;
  /** Output tokens that the budget allows where the request states no bound; undefined: unbounded by it. */
  readonly outputCap: number | undefined;
  readonly adaptations: readonly Adaptation[];
}

/** The shortest answer that is worth paying a prompt for. */
const LEAST_OUTPUT_TOKENS = 64;
/** Attempts of a plan at most: more than are made by default, so that some may be skipped. */
const MAX_PLANNED = 8;
const NOTHING_RESERVED: Reservation = { amount: 0n, holds: [], release: () => undefined };

/**
 * Decides where a request goes and tells why, in a span and an event.
 *
 * @throws FairleadError INVALID_REQUEST, MODEL_NOT_FOUND, NO_TARGET and what else keeps every target from it
 */
export function decide(routing: RoutingTools, subject: RoutingSubject, call: CallContext): { decision: Decision; ranked: readonly Tiered[] } {
  const { view, config, tools, metrics, events } = routing;
  const policy = subject.policy ?? create(RoutingPolicySchema);
  const started = performance.now();
  const question = {
    ...subject.analyzed,
    kind: subject.kind,
    model: subject.model,
    streaming: subject.streaming,
    maxOutputTokens: subject.maxOutputTokens,
    policy: withRequestBudgets(policy, subject, view),
    now: tools.now(),
    defaultStrategy: config.defaultStrategy,
  };
  const span = traceDecision(tools.tracer, call.trace);
  const outcome = decideRoute(question, view.targets(), Math.random);
  outcome.decision.stateAge = view.age();
  const took = performance.now() - started;
  span.end(outcome, subject.context.tenant);
  metrics.decided(outcome, took);
  events.decisionMade(subject.context, outcome, took, call.trace);
  if (outcome.kind === "routed") return outcome;
  const violations = outcome.field === undefined ? [] : [{ field: outcome.field, description: outcome.message, rule: "fairlead.routing" }];
  const message = outcome.field === undefined ? outcome.message : `${outcome.field}: ${outcome.message}`;
  throw failure(outcome.code, message, { violations, requestId: subject.context.requestId });
}

/** Decides, and reserves what the request can cost at most. */
export async function routeRequest(routing: RoutingTools, subject: RoutingSubject, call: CallContext): Promise<Routed> {
  const { decision, ranked } = decide(routing, subject, call);
  const { context } = subject;
  const attempts = ranked.slice(0, MAX_PLANNED);
  const matches = matchBudgets(routing.view.budgets, context, attempts.map(toTarget)).filter(({ budget }) => budget.window !== BudgetWindow.REQUEST);
  const bounded = matches.length === 0 ? unbudgeted(attempts) : await reserve(routing, subject, attempts, matches, call);
  return {
    decision,
    plan: planOf(bounded.attempts, routing.config, call, context),
    account: create(AccountSchema, {
      requestId: context.requestId,
      tenant: context.tenant,
      user: context.user,
      project: context.project,
      tags: context.tags,
      holds: [...bounded.reservation.holds],
      strategy: decision.strategy,
    }),
    outputCap: bounded.outputCap,
    adaptations: bounded.outputCap === undefined ? [] : [budgetAdaptation(bounded.outputCap)],
  };
}

interface Bounded {
  readonly attempts: readonly Tiered[];
  readonly reservation: Reservation;
  readonly outputCap: number | undefined;
}

function unbudgeted(attempts: readonly Tiered[]): Bounded {
  return { attempts, reservation: NOTHING_RESERVED, outputCap: undefined };
}

/**
 * Reserves the worst case. A request that states no bound of output gets one, so that its worst case is not the longest
 * answer that a model can write; what is left over near the cap may shorten it further or leave out dearer targets.
 */
async function reserve(
  { config, leases }: RoutingTools,
  subject: RoutingSubject,
  attempts: readonly Tiered[],
  matches: readonly BudgetMatch[],
  call: CallContext,
): Promise<Bounded> {
  const asked = subject.maxOutputTokens;
  const cap = asked ?? config.budgetedOutputTokens;
  const least = minimum(attempts.map((one) => worstCase(one, subject, asked ?? Math.min(cap, LEAST_OUTPUT_TOKENS))));
  const wanted = maximum(attempts.map((one) => worstCase(one, subject, cap)));
  const budgets = matches.map(({ budget }) => budget);
  const reservation = await leases.reserve({ budgets, least, wanted, signal: call.signal, deadline: call.deadline });
  if (call.signal.aborted) {
    reservation.release();
    throw abortError(call.signal);
  }
  const fitting = attempts.filter((one) => worstCase(one, subject, asked ?? LEAST_OUTPUT_TOKENS) <= reservation.amount);
  if (asked !== undefined) return { attempts: fitting, reservation, outputCap: undefined };
  const affordable = fitting.map((one) => affordableTokens(one, subject, reservation.amount));
  return { attempts: fitting, reservation, outputCap: Math.max(1, Math.min(cap, ...affordable)) };
}

function affordableTokens({ target }: Tiered, { analyzed }: RoutingSubject, amount: bigint): number {
  return target.price === undefined ? 0 : affordableOutput(target.price, analyzed.analysis.maxInputTokens, amount);
}

function worstCase({ target }: Tiered, { analyzed }: RoutingSubject, outputTokens: number): bigint {
  if (target.price === undefined) return 0n;
  return worstCaseCost(target.price, analyzed.analysis.maxInputTokens, outputBound(target, outputTokens));
}

function planOf(attempts: readonly Tiered[], config: RouterConfig, call: CallContext, context: RequestContext): Plan {
  const total = context.timeoutMs === 0 ? config.totalMs : context.timeoutMs;
  const left = call.deadline === undefined ? total : Math.min(total, call.deadline - Date.now());
  return create(PlanSchema, {
    attempts: attempts.map(({ target, tier }) => ({ provider: target.provider, model: target.model.model, tier, ...priced(target.price) })),
    limits: {
      totalMs: Math.max(1, left),
      firstTokenMs: config.firstTokenMs,
      gapMs: config.gapMs,
      attemptMs: config.attemptMs,
      maxAttempts: config.maxAttempts,
      retriesPerTarget: config.retriesPerTarget,
    },
  });
}

function priced(price: Tiered["target"]["price"]) {
  return price === undefined ? {} : { price };
}

/** Budgets that bound each request by itself need no ledger: they are a limit of the request. */
function withRequestBudgets(policy: RoutingPolicy, subject: RoutingSubject, view: MeshView): RoutingPolicy {
  const limits = matchBudgets(view.budgets, subject.context, []).filter(({ budget }) => budget.window === BudgetWindow.REQUEST);
  if (limits.length === 0) return policy;
  const least = minimum(limits.map(({ budget }) => budget.limitNanoUsd));
  const own = policy.maxCostNanoUsd;
  return { ...policy, maxCostNanoUsd: own === undefined || least < own ? least : own };
}

function budgetAdaptation(outputCap: number): Adaptation {
  return create(AdaptationSchema, {
    field: "max_output_tokens",
    kind: AdaptationKind.CLAMPED,
    detail: `Limited to ${outputCap} tokens, since a budget bounds the request and it states no limit.`,
  });
}

function toTarget({ target }: Tiered) {
  return { provider: target.provider, model: target.model.model };
}

function minimum(values: readonly bigint[]): bigint {
  return values.reduce((least, value) => (value < least ? value : least));
}

function maximum(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most));
}

/** The error of a part of the contract whose behaviour is not there. */
export function unimplemented(field: string) {
  return failure(ErrorCode.UNIMPLEMENTED, `${field}: not offered by this version.`, {
    violations: [{ field, description: "Not offered by this version.", rule: "fairlead.unimplemented" }],
  });
}
