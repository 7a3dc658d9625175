import type { AdapterAnnounced } from "@fairlead/contracts/events/v1/event";
import {
  type AdapterDirectory,
  advanceDirectory,
  announcedTargets,
  type ExpirySettings,
  expireAdapters,
  sameOffer,
} from "@fairlead/decision/balancing/adapter-directory";
import { describedTargets, type TargetOffer } from "@fairlead/decision/balancing/target-offer";

/** What the adapters that are there offer. */
export class Offers {
  #directory: AdapterDirectory = [];
  /** By provider, as last told by any of its adapters. */
  #described = new Map<string, readonly TargetOffer[]>();

  /** Number of adapters that are there. */
  get adapters(): number {
    return this.#directory.length;
  }

  /** Takes an announcement. @returns true where it changes what is on offer */
  announced(told: AdapterAnnounced, now: number): boolean {
    const before = this.#directory;
    this.#directory = advanceDirectory(before, told, now);
    const described = told.leaving ? false : this.#describe(told);
    return described || !sameOffer(before, this.#directory);
  }

  /** Leaves out the adapters that fell silent. @returns true where that changes what is on offer */
  expire(now: number, settings: ExpirySettings): boolean {
    const before = this.#directory;
    this.#directory = expireAdapters(before, now, settings);
    return !sameOffer(before, this.#directory);
  }

  /** Every target on offer, once. */
  targets(): TargetOffer[] {
    const there = announcedTargets(this.#directory);
    const providers = new Set([...there.values()].map(({ provider }) => provider));
    this.#described = new Map([...this.#described].filter(([provider]) => providers.has(provider)));
    const described = new Map([...this.#described.values()].flat().map((offer) => [offer.key, offer]));
    return [...there].map(([key, name]) => described.get(key) ?? undescribed(key, name));
  }

  #describe({ description }: AdapterAnnounced): boolean {
    if (description === undefined || !this.#directory.some(({ provider }) => provider === description.provider)) return false;
    const offers = describedTargets(description);
    const known = this.#described.get(description.provider);
    if (known !== undefined && sameOffers(known, offers)) return false;
    this.#described.set(description.provider, offers);
    return true;
  }
}

/** A target that only an older adapter of its provider offers. */
function undescribed(key: string, name: TargetOffer["name"]): TargetOffer {
  return { key, name, canonicalModel: name.model, weight: 1, region: "", limits: undefined, account: "" };
}

function sameOffers(left: readonly TargetOffer[], right: readonly TargetOffer[]): boolean {
  return left.length === right.length && left.every((offer, index) => sameTarget(offer, right[index] as TargetOffer));
}

function sameTarget(left: TargetOffer, right: TargetOffer): boolean {
  if (left.key !== right.key || left.canonicalModel !== right.canonicalModel) return false;
  if (left.weight !== right.weight || left.region !== right.region || left.account !== right.account) return false;
  return (
    left.limits?.requestsPerMinute === right.limits?.requestsPerMinute &&
    left.limits?.tokensPerMinute === right.limits?.tokensPerMinute &&
    left.limits?.concurrentRequests === right.limits?.concurrentRequests
  );
}
