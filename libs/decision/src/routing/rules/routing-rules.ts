import type { RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";

/** What a rule or an alias says of how the target is chosen; what is absent is left open. */
export type PolicyDefaults = Partial<Omit<RoutingPolicy, "$typeName" | "$unknown">>;

/** A name that requests may use for a model. */
export interface ModelAlias {
  /** Models that it stands for, best first; the others are fallbacks. Empty: any model. */
  readonly models: readonly string[];
  readonly policy: PolicyDefaults;
}

/** Whom a rule is for; what is absent or empty matches all, and of a list one has to match. */
export interface RuleCondition {
  readonly tenants?: readonly string[];
  readonly roles?: readonly string[];
  /** Names of tools that the request offers. */
  readonly tools?: readonly string[];
  /** Task categories, as the analysis finds them. */
  readonly categories?: readonly string[];
  readonly complexities?: readonly string[];
  /** Models as the request names them. */
  readonly models?: readonly string[];
  /** Values of headers by their names in small letters; all have to match. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What holds for requests that it matches. */
export interface RoutingRule {
  /** Told in the decision. */
  readonly name: string;
  readonly when: RuleCondition;
  /** Model or alias for requests that name none; absent: any. */
  readonly model?: string;
  readonly policy: PolicyDefaults;
}

/** Aliases and rules; the first rules come first. */
export interface RoutingRules {
  readonly aliases: Readonly<Record<string, ModelAlias>>;
  readonly rules: readonly RoutingRule[];
}
