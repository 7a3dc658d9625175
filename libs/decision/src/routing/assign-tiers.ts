import type { Contender, Target } from "./target.ts";

/** The tiers of a plan, in order. */
export const TIERS = ["primary", "secondary", "emergency", "local"] as const;
export type Tier = (typeof TIERS)[number];

/** Ranked contenders by tier. */
export type Tiers = Readonly<Record<Tier, readonly Contender[]>>;

/**
 * Sorts ranked contenders into tiers: primary is what was asked for, or the first and its equals; secondary the rest;
 * emergency what meets the wishes only in part; local what runs beside the mesh, unless it is named.
 *
 * @param isAskedFor whether a contender is what was asked for
 * @param fallbacks  targets of the models to fall back to, best model first; empty: all the rest, by rank
 */
export function assignTiers(
  ranked: readonly Contender[],
  isAskedFor: (contender: Contender) => boolean,
  fallbacks: readonly ReadonlySet<Target>[],
): Tiers {
  const tiers: Record<Tier, Contender[]> = { primary: [], secondary: [], emergency: [], local: [] };
  const isFree = fallbacks.length === 0;
  for (const one of isFree ? ranked : inOrderOf(fallbacks, ranked, isAskedFor)) {
    if (one.reservation !== undefined) tiers.emergency.push(one);
    else if (isAskedFor(one)) tiers.primary.push(one);
    else if (one.target.local && isFree) tiers.local.push(one);
    else tiers.secondary.push(one);
  }
  return tiers;
}

/** What was asked for, then the fallbacks in their order; of one model by rank. The rest is left out. */
function inOrderOf(
  fallbacks: readonly ReadonlySet<Target>[],
  ranked: readonly Contender[],
  isAskedFor: (contender: Contender) => boolean,
): Contender[] {
  const groups: Contender[][] = Array.from({ length: fallbacks.length + 1 }, () => []);
  for (const one of ranked) {
    const asked = isAskedFor(one);
    const place = asked ? 0 : fallbacks.findIndex((named) => named.has(one.target)) + 1;
    if (place > 0 || asked) groups[place]?.push(one);
  }
  return groups.flat();
}
