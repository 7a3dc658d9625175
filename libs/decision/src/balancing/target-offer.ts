import type { ModelDescription, ProviderDescription, TargetLimits } from "@fairlead/contracts/adapter/v1/model";
import { targetKey, type TargetName } from "./adapter-directory.ts";
import { quotaAccount } from "./quota/quota-account.ts";

/** What an adapter tells of a target. */
export interface TargetOffer {
  readonly name: TargetName;
  readonly key: string;
  /** Name of the weights, whoever offers them: targets with the same can stand in for each other. */
  readonly canonicalModel: string;
  /** Intended share among equals. */
  readonly weight: number;
  /** Empty: not known. */
  readonly region: string;
  /** Undefined: no limit known. */
  readonly limits: TargetLimits | undefined;
  /** Account that the limits belong to; empty where there are none. */
  readonly account: string;
}

/** The targets that an adapter describes. */
export function describedTargets({ provider, models }: ProviderDescription): TargetOffer[] {
  return models.flatMap((model) => {
    const { deployments, canonicalModel } = model;
    const canonical = canonicalModel === "" ? model.model : canonicalModel;
    if (deployments.length === 0) return [offer(provider, model, canonical, { deployment: "", region: "", weight: 1 })];
    return deployments.map((place) => offer(provider, model, canonical, place, place.limits));
  });
}

function offer(
  provider: string,
  { model, limits: modelLimits }: ModelDescription,
  canonicalModel: string,
  { deployment, region, weight }: { readonly deployment: string; readonly region: string; readonly weight: number },
  ownLimits?: TargetLimits,
): TargetOffer {
  const name = { provider, model, deployment };
  const limits = ownLimits ?? modelLimits;
  const account = limits === undefined ? "" : quotaAccount(name, limits, ownLimits !== undefined);
  return { name, key: targetKey(name), canonicalModel, weight: weight === 0 ? 1 : weight, region, limits, account };
}
