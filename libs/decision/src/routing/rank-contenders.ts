import { type Criteria, weighCriteria } from "./criteria.ts";
import type { Strategy, StrategyInput } from "./strategies/strategy.ts";
import type { Contender } from "./target.ts";

/** A contender with its place. */
export interface Ranked extends Contender {
  readonly criteria: Criteria;
  readonly score: number;
}

/** Difference of scores below which targets of one model share the load by their weights. */
const EQUAL = 0.02;

/**
 * Ranks contenders by a strategy. Targets of the best one's model whose scores are as good share the first places by a
 * draw that their balancing weights bias (weighted sampling of Efraimidis and Spirakis, 2006).
 *
 * @param random 0 to 1, anew for each call
 */
export function rankContenders(
  contenders: readonly Contender[],
  strategy: Strategy,
  input: StrategyInput,
  random: () => number,
): Ranked[] {
  const criteria = weighCriteria(contenders);
  const ranked = contenders.map((contender, index): Ranked => {
    const own = criteria[index] as Criteria;
    return { ...contender, criteria: own, score: strategy.score(own, input) };
  });
  ranked.sort((a, b) => b.score - a.score || compareNames(a, b));
  return drawAmongEquals(ranked, random);
}

function drawAmongEquals(ranked: Ranked[], random: () => number): Ranked[] {
  const best = ranked[0];
  if (best === undefined) return ranked;
  const equal = (other: Ranked) => other.target.model.model === best.target.model.model && best.score - other.score <= EQUAL;
  const equals = ranked.filter(equal);
  if (equals.length < 2) return ranked;
  const keys = new Map(equals.map((one) => [one, random() ** (1 / Math.max(one.target.state?.weight ?? 1, 1e-6))]));
  equals.sort((a, b) => (keys.get(b) ?? 0) - (keys.get(a) ?? 0));
  return [...equals, ...ranked.filter((one) => !equal(one))];
}

function compareNames(a: Ranked, b: Ranked): number {
  const left = `${a.target.provider}/${a.target.model.model}`;
  const right = `${b.target.provider}/${b.target.model.model}`;
  return left < right ? -1 : left > right ? 1 : 0;
}
