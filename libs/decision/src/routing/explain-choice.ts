import type { Strategy } from "./strategies/strategy.ts";
import type { Contender, RemovalCount } from "./target.ts";

/** What a choice is explained by. */
export interface Choice {
  readonly best: Contender;
  /** The next that is no equal of the first; undefined: there is none. */
  readonly next: Contender | undefined;
  readonly scoreOf: (contender: Contender) => number;
  /** How many stand in for the first, itself included. */
  readonly equals: number;
  readonly balancing: string;
  readonly strategy: Strategy;
  /** True when the request names the first. */
  readonly named: boolean;
  /** True when it is tried in order to learn about it. */
  readonly exploring: boolean;
  /** What ties the request to the first, as said behind "because". */
  readonly pins: readonly string[];
  readonly removals: readonly RemovalCount[];
}

/** Says in sentences why a target comes first and what was in its way. */
export function explainChoice({ best, next, scoreOf, equals, balancing, strategy, named, exploring, pins, removals }: Choice): string[] {
  const name = nameOf(best);
  const because = exploring ? "it is being tried to learn more of it" : `it ${strategy.because}`;
  const reasons = [named ? `${name} comes first because its model was asked for.` : `${name} comes first because ${because}.`];
  for (const pin of pins) reasons.push(`The request goes there because ${pin}.`);
  if (equals > 1) reasons.push(`It was chosen among ${equals} equal targets by ${balancing}.`);
  const { reservation } = best;
  if (reservation !== undefined) reasons.push(`It is used in an emergency: ${reservation}.`);
  if (next !== undefined) reasons.push(`${nameOf(next)} is next, with a score of ${scoreOf(next).toFixed(3)} to ${scoreOf(best).toFixed(3)}.`);
  for (const { stage, reason, count } of removals) {
    reasons.push(`${count} ${count === 1 ? "target was" : "targets were"} taken out (${stage}: ${reason}).`);
  }
  return reasons;
}

function nameOf({ target }: Contender): string {
  const name = `${target.provider}/${target.model.model}`;
  return target.deployment === "" ? name : `${name} (${target.deployment})`;
}
