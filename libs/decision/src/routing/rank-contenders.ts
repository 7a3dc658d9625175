import { type Criteria, weighCriteria } from "./criteria.ts";
import { sortByScore } from "./sort-by-score.ts";
import type { Strategy, StrategyInput } from "./strategies/strategy.ts";
import type { Contender, Target } from "./target.ts";

/** A contender with its place. */
export interface Ranked extends Contender {
  readonly criteria: Criteria;
  readonly score: number;
}

/** Difference of scores below which targets of one model share the load by their weights. */
const EQUAL = 0.02;

/**
 * Ranks contenders by a strategy. Targets of one model whose scores are as good as the best of them share its place and
 * the next ones by a draw that their balancing weights bias (weighted sampling of Efraimidis and Spirakis, 2006). It is
 * made for the model of the first that was asked for, since most requests go there.
 *
 * @param isAskedFor whether the request's model names a target
 * @param random     0 to 1, anew for each call
 */
export function rankContenders(
  contenders: readonly Contender[],
  strategy: Strategy,
  input: StrategyInput,
  isAskedFor: (target: Target) => boolean,
  random: () => number,
): Ranked[] {
  const criteria = weighCriteria(contenders);
  // Written out, since spreading hundreds of objects is what a decision would spend its time on.
  const scored = contenders.map(({ target, prediction, reservation }, index): Ranked => {
    const own = criteria[index] as Criteria;
    return { target, prediction, reservation, criteria: own, score: strategy.score(own, input) };
  });
  const ranked = sortByScore(scored);
  const first = firstOf(ranked, isAskedFor);
  return first === undefined ? ranked : drawAmongEquals(ranked, first, random);
}

/** The first that was asked for and may be used freely, or else the first that was asked for. */
export function firstOf(ranked: readonly Ranked[], isAskedFor: (target: Target) => boolean): Ranked | undefined {
  const asked = (one: Ranked) => isAskedFor(one.target);
  return ranked.find((one) => one.reservation === undefined && asked(one)) ?? ranked.find(asked);
}

function drawAmongEquals(ranked: Ranked[], first: Ranked, random: () => number): Ranked[] {
  const { model } = first.target.model;
  const free = first.reservation === undefined;
  const places: number[] = [];
  for (let place = 0; place < ranked.length; place++) {
    const one = ranked[place] as Ranked;
    if (Math.abs(first.score - one.score) > EQUAL || one.target.model.model !== model) continue;
    if ((one.reservation === undefined) === free) places.push(place);
  }
  if (places.length < 2) return ranked;
  // A target that no weight is known of yet gets an even share, not all there is.
  const even = 1 / places.length;
  const drawn = places.map((place) => {
    const one = ranked[place] as Ranked;
    return { one, key: -Math.log(random()) / Math.max(one.target.state?.weight ?? even, 1e-6) };
  });
  drawn.sort((a, b) => a.key - b.key);
  for (const [index, place] of places.entries()) ranked[place] = (drawn[index] as (typeof drawn)[number]).one;
  return ranked;
}
