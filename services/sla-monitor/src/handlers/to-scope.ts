import type { SlaScope } from "@fairlead/contracts/sla/v1/level";
import { MESH, type Scope } from "@fairlead/decision/sla/scope";

/** The scope that a request means; unset: all. */
export function toScope(scope: SlaScope | undefined): Scope {
  if (scope === undefined) return MESH;
  const { provider, model, tenant } = scope;
  return { provider, model, tenant };
}

/** True for a target that a request means; a tenant is not looked at. */
export function meansTarget(scope: SlaScope | undefined, target: { readonly provider: string; readonly model: string }): boolean {
  const { provider, model } = toScope(scope);
  return (provider === "" || provider === target.provider) && (model === "" || model === target.model);
}
