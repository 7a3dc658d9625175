import { at } from "./criteria.ts";
import { type Balancing, balanceEquals } from "./balance-equals.ts";
import { canonicalName } from "./index-targets.ts";
import { sortByScore } from "./sort-by-score.ts";
import type { Contender } from "./target.ts";

/** Equals and the score of the best of them. */
interface Group {
  readonly score: number;
  /** The least of its members'. */
  rank: number;
  readonly members: Contender[];
}

/** How contenders are ranked. */
export interface Ranking {
  /** By place of the contender. */
  readonly scores: Float64Array;
  /** Numbers of equals are below this. */
  readonly equalsCount: number;
  readonly balancing: Balancing;
  /** Contenders whose equals are balanced wherever they are ranked. */
  readonly isAskedFor: (contender: Contender) => boolean;
  /** 0 to 1 for each call, where contenders come first in proportion to their scores; undefined: the best does. */
  readonly draw: (() => number) | undefined;
}

/** Contenders of the same weights stand in for each other while cost and score differ by no more than this. */
const EQUAL = { cost: 1.02, score: 0.1 } as const;
/** Groups of equals that a plan can reach. */
const BALANCED = 4;

/**
 * Ranks contenders by their scores. Those that offer the same weights for the same price share the place of the best of
 * them, and a balancer orders them there; only as many groups are balanced as a plan can reach.
 */
export function rankContenders(contenders: readonly Contender[], ranking: Ranking): Contender[] {
  const sorted = sortByScore(groupEquals(contenders, ranking));
  const groups = ranking.draw === undefined ? sorted : drawInProportion(sorted, ranking.draw);
  const ranked: Contender[] = [];
  let reached = 0;
  for (const { members } of groups) {
    const first = members[0] as Contender;
    const isReached = reached < BALANCED || ranking.isAskedFor(first);
    reached += 1;
    const ordered = members.length > 1 && isReached ? balanceEquals(canonicalName(first.target.model), members, ranking.balancing) : members;
    for (const one of ordered) ranked.push(one);
  }
  return ranked;
}

/** The first that was asked for and may be used freely, or else the first that was asked for. */
export function firstOf(ranked: readonly Contender[], isAskedFor: (contender: Contender) => boolean): Contender | undefined {
  return ranked.find((one) => one.reservation === undefined && isAskedFor(one)) ?? ranked.find(isAskedFor);
}

function groupEquals(contenders: readonly Contender[], { scores, equalsCount, draw }: Ranking): Group[] {
  // Where contenders are drawn by their scores, these are of what a balancer looks at itself.
  const tolerance = draw === undefined ? EQUAL.score : Number.POSITIVE_INFINITY;
  const best = new Float64Array(equalsCount * 2).fill(-1);
  const cheapest = new Float64Array(equalsCount * 2).fill(Number.POSITIVE_INFINITY);
  for (const contender of contenders) {
    const slot = slotOf(contender);
    best[slot] = Math.max(at(best, slot), at(scores, contender.place));
    cheapest[slot] = Math.min(at(cheapest, slot), contender.offered.cost);
  }
  const groups: Group[] = [];
  const groupOf = new Array<Group | undefined>(equalsCount * 2);
  for (const contender of contenders) {
    const slot = slotOf(contender);
    const score = at(scores, contender.place);
    const isEqual = contender.offered.cost <= at(cheapest, slot) * EQUAL.cost && score >= at(best, slot) - tolerance;
    const known = isEqual ? groupOf[slot] : undefined;
    if (known !== undefined) {
      known.members.push(contender);
      known.rank = Math.min(known.rank, contender.rank);
      continue;
    }
    const group = { score: isEqual ? at(best, slot) : score, rank: contender.rank, members: [contender] };
    groups.push(group);
    if (isEqual) groupOf[slot] = group;
  }
  return groups;
}

/** What may be used freely and what may not are never equals. */
function slotOf({ equals, reservation }: Contender): number {
  return equals * 2 + (reservation === undefined ? 0 : 1);
}

/** Weighted sampling without replacement: keys of Efraimidis and Spirakis (2006). */
function drawInProportion(sorted: readonly Group[], draw: () => number): Group[] {
  const keyed = sorted.map((group) => ({ group, key: -Math.log(draw()) / Math.max(group.score, 1e-6) }));
  keyed.sort((a, b) => a.key - b.key);
  return keyed.map(({ group }) => group);
}
