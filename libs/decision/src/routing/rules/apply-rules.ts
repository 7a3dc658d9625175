import type { RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";
import { ANY_MODEL } from "../resolve-model.ts";
import { matchRule, type RuleSubject } from "./match-rule.ts";
import { mergePolicy } from "./merge-policy.ts";
import type { PolicyDefaults, RoutingRules } from "./routing-rules.ts";

/** A request after the rules. */
export interface Ruled {
  /** Model to look for. */
  readonly model: string;
  readonly policy: RoutingPolicy;
  /** Names of what was applied, in order. */
  readonly applied: readonly string[];
}

/**
 * Fills what a request leaves open from the rules that match it, in their order, and puts models in the place of an
 * alias. What the request says itself always wins, then the first rule, and an alias last.
 */
export function applyRules({ aliases, rules }: RoutingRules, subject: RuleSubject, policy: RoutingPolicy): Ruled {
  let ruled = { model: subject.model, policy, applied: [] as string[] };
  for (const rule of rules) {
    if (!matchRule(rule.when, subject)) continue;
    const model = ruled.model === ANY_MODEL ? (rule.model ?? ANY_MODEL) : ruled.model;
    ruled = { model, policy: mergePolicy(ruled.policy, rule.policy), applied: [...ruled.applied, rule.name] };
  }
  const alias = Object.hasOwn(aliases, ruled.model) ? aliases[ruled.model] : undefined;
  if (alias === undefined) return ruled;
  const [first = ANY_MODEL, ...others] = alias.models;
  const defaults: PolicyDefaults = others.length === 0 ? alias.policy : { fallbackModels: others, ...alias.policy };
  return { model: first, policy: mergePolicy(ruled.policy, defaults), applied: [...ruled.applied, `alias ${ruled.model}`] };
}
