import type { Ranked } from "./rank-contenders.ts";
import { isNamed } from "./resolve-model.ts";
import type { Target } from "./target.ts";

/** The tiers of a plan, in order. */
export type Tier = "primary" | "secondary" | "emergency" | "local";

/** A ranked target with its tier. */
export interface Tiered extends Ranked {
  readonly tier: Tier;
}

/**
 * Sorts ranked targets into tiers: primary is what was asked for, or the first and its equals; secondary the rest;
 * emergency what meets the wishes only in part; local what runs beside the mesh, unless it is named.
 *
 * @param isAskedFor    whether a target is what was asked for
 * @param fallbackNames models to fall back to, best first; empty: all the rest, by rank
 */
export function assignTiers(
  ranked: readonly Ranked[],
  isAskedFor: (target: Target) => boolean,
  fallbackNames: readonly string[],
): Tiered[] {
  const primary: Tiered[] = [];
  const secondary: Tiered[] = [];
  const emergency: Tiered[] = [];
  const local: Tiered[] = [];
  for (const one of fallbackNames.length === 0 ? ranked : inOrderOf(fallbackNames, ranked, isAskedFor)) {
    if (one.reservation !== undefined) emergency.push(inTier(one, "emergency"));
    else if (isAskedFor(one.target)) primary.push(inTier(one, "primary"));
    else if (one.target.local && fallbackNames.length === 0) local.push(inTier(one, "local"));
    else secondary.push(inTier(one, "secondary"));
  }
  return primary.concat(secondary, emergency, local);
}

function inTier({ target, prediction, reservation, criteria, score }: Ranked, tier: Tier): Tiered {
  return { target, prediction, reservation, criteria, score, tier };
}

/** What was asked for, then what is named, in the order of the names; within a name by rank. The rest is left out. */
function inOrderOf(
  names: readonly string[],
  ranked: readonly Ranked[],
  isAskedFor: (target: Target) => boolean,
): Ranked[] {
  const groups: Ranked[][] = Array.from({ length: names.length + 1 }, () => []);
  for (const one of ranked) {
    const place = isAskedFor(one.target) ? 0 : names.findIndex((name) => isNamed(one.target, name)) + 1;
    if (place > 0 || isAskedFor(one.target)) groups[place]?.push(one);
  }
  return groups.flat();
}
