import type { Ranked } from "./rank-contenders.ts";
import { isNamed } from "./resolve-model.ts";

/** The tiers of a plan, in order. */
export type Tier = "primary" | "secondary" | "emergency" | "local";

/** A ranked target with its tier. */
export interface Tiered extends Ranked {
  readonly tier: Tier;
}

const ORDER: Readonly<Record<Tier, number>> = { primary: 0, secondary: 1, emergency: 2, local: 3 };

/**
 * Sorts ranked targets into tiers: primary is what was asked for, or the first and its equals; secondary the rest;
 * emergency what meets the wishes only in part; local what runs beside the mesh, unless it was asked for.
 *
 * @param isAskedFor    whether the request's model names a target
 * @param fallbackNames models to fall back to, best first; empty: all the rest, by rank
 */
export function assignTiers(ranked: readonly Ranked[], isAskedFor: (one: Ranked) => boolean, fallbackNames: readonly string[]): Tiered[] {
  const tiered = ranked.flatMap((one): (Tiered & { place: number })[] => {
    const named = fallbackNames.findIndex((name) => isNamed(one.target, name));
    const asked = isAskedFor(one);
    if (!asked && fallbackNames.length > 0 && named < 0) return [];
    const tier: Tier = one.reservation !== undefined ? "emergency" : asked ? "primary" : one.target.local ? "local" : "secondary";
    return [{ ...one, tier, place: asked ? -1 : named }];
  });
  // Array.sort is stable, so within a tier and a place the rank stays.
  return tiered.sort((a, b) => ORDER[a.tier] - ORDER[b.tier] || a.place - b.place);
}
