import { create } from "@bufbuild/protobuf";
import { AdaptationKind, type Adaptation, AdaptationSchema } from "@fairlead/contracts/chat/v1/chat_response";
import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { affordableOutput } from "@fairlead/decision/cost/affordable-output";
import { type BudgetMatch, matchBudgets } from "@fairlead/decision/cost/match-budgets";
import { worstCaseCost } from "@fairlead/decision/cost/worst-case-cost";
import type { Tiered } from "@fairlead/decision/routing/decide-route";
import { outputBound } from "@fairlead/decision/routing/predict-outcome";
import type { CallContext } from "@fairlead/rpc/call";
import { abortError } from "@fairlead/rpc/deadline";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { Reservation } from "./budget-leases.ts";
import type { RoutingSubject, RoutingTools } from "./route-request.ts";

/** What may be tried for what is reserved. */
export interface Reserved {
  readonly attempts: readonly Tiered[];
  readonly reservation: Reservation;
  /** Output tokens that the budget allows where the request states no bound; undefined: unbounded by it. */
  readonly outputCap: number | undefined;
}

/** The shortest answer that is worth paying a prompt for. */
const LEAST_OUTPUT_TOKENS = 64;
/** What a request holds that costs nothing, or that no budget bounds. */
export const NOTHING_RESERVED: Reservation = { amount: 0n, holds: [], release: () => undefined };

/**
 * Reserves the worst case of the attempts from every budget that bounds them. A request that states no bound of output
 * gets one, so that its worst case is not the longest answer that a model can write; what is left over near the cap may
 * shorten it further or leave out dearer targets.
 *
 * @throws FairleadError BUDGET_EXCEEDED where there is no room
 */
export async function reserveCost(
  { config, leases, view }: RoutingTools,
  subject: RoutingSubject,
  ranked: readonly Tiered[],
  call: CallContext,
): Promise<Reserved> {
  const matches = matchBudgets(view.budgets, subject.context, ranked.map(toPricedTarget));
  const attempts = withinRequestBudgets(ranked, subject, matches);
  const budgets = matches.map(({ budget }) => budget).filter(({ window }) => window !== BudgetWindow.REQUEST);
  if (budgets.length === 0) return { attempts, reservation: NOTHING_RESERVED, outputCap: undefined };
  const asked = subject.maxOutputTokens;
  const cap = asked ?? config.budgetedOutputTokens;
  const least = minimum(attempts.map((one) => worstCase(one, subject, asked ?? Math.min(cap, LEAST_OUTPUT_TOKENS))));
  const wanted = maximum(attempts.map((one) => worstCase(one, subject, cap)));
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

/**
 * Leaves out targets that a budget for each single request makes too dear.
 *
 * @throws FairleadError BUDGET_EXCEEDED where none is left
 */
function withinRequestBudgets(ranked: readonly Tiered[], subject: RoutingSubject, matches: readonly BudgetMatch[]): readonly Tiered[] {
  const single = matches.filter(({ budget }) => budget.window === BudgetWindow.REQUEST);
  if (single.length === 0) return ranked;
  const outputTokens = subject.maxOutputTokens ?? LEAST_OUTPUT_TOKENS;
  const fits = (one: Tiered, place: number) =>
    single.every(({ budget, targets }) => !targets.includes(place) || worstCase(one, subject, outputTokens) <= budget.limitNanoUsd);
  const left = ranked.filter(fits);
  const refusing = single[0]?.budget.budgetId;
  if (left.length > 0 || refusing === undefined) return left;
  throw failure(ErrorCode.BUDGET_EXCEEDED, `The worst case of the request is above what budget ${refusing} allows for one.`);
}

/** Says that a budget bounds an answer whose request does not. */
export function budgetAdaptation(outputCap: number): Adaptation {
  return create(AdaptationSchema, {
    field: "max_output_tokens",
    kind: AdaptationKind.CLAMPED,
    detail: `Limited to ${outputCap} tokens, since a budget bounds the request and it states no limit.`,
  });
}

function affordableTokens({ target }: Tiered, { analyzed }: RoutingSubject, amount: bigint): number {
  return target.price === undefined ? 0 : affordableOutput(target.price, analyzed.analysis.maxInputTokens, amount);
}

function worstCase({ target }: Tiered, { analyzed }: RoutingSubject, outputTokens: number): bigint {
  if (target.price === undefined) return 0n;
  return worstCaseCost(target.price, analyzed.analysis.maxInputTokens, outputBound(target.model, outputTokens));
}

function toPricedTarget({ target }: Tiered) {
  return { provider: target.provider, model: target.model.model };
}

function minimum(values: readonly bigint[]): bigint {
  return values.reduce((least, value) => (value < least ? value : least));
}

function maximum(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most));
}
