import type { FallbackTriggers, RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";
import type { PolicyDefaults } from "./routing-rules.ts";

/** A policy with what it leaves open filled from defaults. Triggers are filled one by one. */
export function mergePolicy(policy: RoutingPolicy, defaults: PolicyDefaults): RoutingPolicy {
  const merged = { ...policy };
  for (const key of Object.keys(defaults) as (keyof PolicyDefaults)[]) {
    if (isOpen(policy[key])) Object.assign(merged, { [key]: defaults[key] });
  }
  const triggers = mergeTriggers(policy.triggers, defaults.triggers);
  return triggers === undefined ? merged : { ...merged, triggers };
}

function mergeTriggers(own: FallbackTriggers | undefined, defaults: FallbackTriggers | undefined): FallbackTriggers | undefined {
  if (own === undefined || defaults === undefined) return own ?? defaults;
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) } as FallbackTriggers;
}

function isOpen(value: unknown): boolean {
  return value === undefined || value === "" || value === false || (Array.isArray(value) && value.length === 0);
}
