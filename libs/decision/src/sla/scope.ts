/** Whose calls are meant: an empty field matches all, and with all empty it is the mesh as a whole. */
export interface Scope {
  readonly provider: string;
  readonly model: string;
  readonly tenant: string;
}

/** The mesh as a whole. */
export const MESH: Scope = { provider: "", model: "", tenant: "" };

/** One name of a scope, for use as a key. No name holds a control character. */
export function scopeKey({ provider, model, tenant }: Scope): string {
  return `${provider}\u0001${model}\u0001${tenant}`;
}

/** A scope as people read it and alerts are named: openai/gpt-4o, provider/openai, model/gpt-4o, tenant/acme, mesh. */
export function scopeName({ provider, model, tenant }: Scope): string {
  const target = targetName(provider, model);
  if (tenant === "") return target === "" ? "mesh" : target;
  return target === "" ? `tenant/${tenant}` : `tenant/${tenant}/${target}`;
}

/** True when everything that the narrower scope means is meant by the wider one too. */
export function includesScope(wider: Scope, narrower: Scope): boolean {
  return (
    (wider.provider === "" || wider.provider === narrower.provider) &&
    (wider.model === "" || wider.model === narrower.model) &&
    (wider.tenant === "" || wider.tenant === narrower.tenant)
  );
}

/** How many of its fields a scope names. */
export function specificity({ provider, model, tenant }: Scope): number {
  return [provider, model, tenant].filter((name) => name !== "").length;
}

/** Orders the mesh first, then by tenant, provider and model, each with what has none of it before. */
export function compareScopes(left: Scope, right: Scope): number {
  return compareTexts(left.tenant, right.tenant) || compareTexts(left.provider, right.provider) || compareTexts(left.model, right.model);
}

function targetName(provider: string, model: string): string {
  if (provider === "") return model === "" ? "" : `model/${model}`;
  return model === "" ? `provider/${provider}` : `${provider}/${model}`;
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
