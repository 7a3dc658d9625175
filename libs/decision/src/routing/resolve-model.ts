import type { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { canonicalName, indexTargets } from "./index-targets.ts";
import { snapshotBase } from "./snapshot-of.ts";
import type { Target } from "./target.ts";

/** The name that leaves the choice of a model to the strategy. */
export const ANY_MODEL = "auto";

/** Which targets a model's name means. */
export type ResolvedModel =
  | { readonly kind: "any" }
  | { readonly kind: "named"; readonly targets: ReadonlySet<Target> }
  | { readonly kind: "unknown" };

/**
 * Finds the targets that "auto", "model", an alias of it, or "provider/model" means. A model that is named without a
 * provider means its weights at every provider that offers them, under whatever name; a dated snapshot that nobody
 * lists means the model that it is of.
 */
export function resolveModel(name: string, targets: readonly Target[], kind: ModelKind): ResolvedModel {
  if (name === ANY_MODEL) return { kind: "any" };
  const named = targetsNamed(name, targets).filter(({ model }) => model.kind === kind);
  if (named.length === 0) {
    const base = snapshotBase(name);
    return base === undefined ? { kind: "unknown" } : resolveModel(base, targets, kind);
  }
  const found = new Set(named);
  if (!named.some((target) => name.startsWith(`${target.provider}/`))) {
    const weights = new Set(named.filter(({ model }) => model.canonicalModel !== "").map(({ model }) => canonicalName(model)));
    if (weights.size > 0) for (const target of targets) if (target.model.kind === kind && weights.has(canonicalName(target.model))) found.add(target);
  }
  return { kind: "named", targets: found };
}

/** The targets that a model's name, an alias of it, or either behind "provider/", means. */
export function targetsNamed(name: string, targets: readonly Target[]): readonly Target[] {
  return indexTargets(targets).byName.get(name) ?? [];
}
