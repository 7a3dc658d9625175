import { create } from "@bufbuild/protobuf";
import { BudgetLevel, BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { Priority } from "@fairlead/contracts/routing/v1/request_context";
import { type RoutingPolicy, RoutingPolicySchema } from "@fairlead/contracts/routing/v1/routing_policy";
import { type BudgetPressure, budgetPressure } from "@fairlead/decision/cost/budget-pressure";
import { matchBudgets } from "@fairlead/decision/cost/match-budgets";
import { applyRules } from "@fairlead/decision/routing/rules/apply-rules";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { RoutingSubject, RoutingTools } from "./route-request.ts";

/** A request after rules and budgets have had their say. */
export interface Prepared {
  readonly subject: RoutingSubject;
  /** Model to look for. */
  readonly model: string;
  readonly policy: RoutingPolicy;
  /** Names of the rules that were applied. */
  readonly rules: readonly string[];
  readonly pressure: BudgetPressure;
  /** Strategy that would have been used but for a budget; empty: it is used. */
  readonly replacedStrategy: string;
}

/** Strategy under a budget that is nearly used up and names none. */
const ECONOMY_STRATEGY = "cost";
/** Never replaced: its caller said which model it shall be. */
const PINNED_STRATEGY = "manual";

/**
 * Applies rules and aliases, and what the budgets of the request have come to: from its economy level on a budget sets
 * the strategy, from its emergency level on it lets few requests of low priority through.
 *
 * @throws FairleadError RATE_LIMITED where a request of low priority has to wait
 */
export function prepareRequest(routing: RoutingTools, subject: RoutingSubject): Prepared {
  const { analysis } = subject.analyzed;
  const { tenant, role, headers } = subject.context;
  const ruleSubject = { model: subject.model, tenant, role, headers, tools: subject.toolNames, category: analysis.category, complexity: analysis.complexity };
  const ruled = applyRules(routing.routes.current(), ruleSubject, subject.policy ?? create(RoutingPolicySchema));
  const matches = matchBudgets(routing.view.budgets, subject.context, []);
  const states = matches.flatMap(({ budget }) => routing.view.budgetState(budget.budgetId) ?? []);
  const pressure = budgetPressure(states);
  const bounded = withRequestBudgets(ruled.policy, matches.map(({ budget }) => budget));
  const economy = economise(bounded, pressure, routing.config.defaultStrategy);
  return { subject, model: ruled.model, rules: ruled.applied, pressure, ...economy };
}

/**
 * Holds requests of low priority back while almost all of a budget is gone.
 *
 * @throws FairleadError RATE_LIMITED
 */
export function throttleBatch({ throttle, tools }: RoutingTools, { subject, pressure }: Prepared): void {
  const budgetId = pressure.worst?.budget?.budgetId;
  if (pressure.level < BudgetLevel.EMERGENCY || budgetId === undefined || subject.context.priority !== Priority.BATCH) return;
  const waitMs = throttle.wait(budgetId, tools.now());
  if (waitMs === 0) return;
  throw failure(ErrorCode.RATE_LIMITED, `Requests of low priority are throttled: almost all of budget ${budgetId} is used.`, {
    retryAfterMs: waitMs,
    requestId: subject.context.requestId,
  });
}

function economise(policy: RoutingPolicy, { level, worst }: BudgetPressure, defaultStrategy: string) {
  const strategy = policy.strategy === "" ? defaultStrategy : policy.strategy;
  const economy = worst?.budget?.economyStrategy || ECONOMY_STRATEGY;
  if (level < BudgetLevel.ECONOMY || strategy === PINNED_STRATEGY || strategy === economy) return { policy, replacedStrategy: "" };
  return { policy: { ...policy, strategy: economy }, replacedStrategy: strategy };
}

/** Budgets that bound each request by itself need no ledger: they are a limit of the request. */
function withRequestBudgets(policy: RoutingPolicy, budgets: readonly { window: BudgetWindow; limitNanoUsd: bigint }[]): RoutingPolicy {
  let least = policy.maxCostNanoUsd;
  for (const { window, limitNanoUsd } of budgets) {
    if (window === BudgetWindow.REQUEST && (least === undefined || limitNanoUsd < least)) least = limitNanoUsd;
  }
  return least === undefined ? policy : { ...policy, maxCostNanoUsd: least };
}
