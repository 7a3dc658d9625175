import type { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import type { Target } from "./target.ts";

/** The name that leaves the choice of a model to the strategy. */
export const ANY_MODEL = "auto";

/** Which targets a model's name means. */
export type ResolvedModel =
  | { readonly kind: "any" }
  | { readonly kind: "named"; readonly targets: ReadonlySet<Target> }
  | { readonly kind: "unknown" };

/** Finds the targets that "auto", "model", an alias of it, or "provider/model" means. */
export function resolveModel(name: string, targets: readonly Target[], kind: ModelKind): ResolvedModel {
  if (name === ANY_MODEL) return { kind: "any" };
  const found = targets.filter((target) => target.model.kind === kind && isNamed(target, name));
  return found.length === 0 ? { kind: "unknown" } : { kind: "named", targets: new Set(found) };
}

/** Whether a name means this target. */
export function isNamed(target: Target, name: string): boolean {
  const { provider, model } = target;
  if (answersTo(model.model, model.aliases, name)) return true;
  return name.startsWith(`${provider}/`) && answersTo(model.model, model.aliases, name.slice(provider.length + 1));
}

function answersTo(model: string, aliases: readonly string[], name: string): boolean {
  return model === name || aliases.includes(name);
}
