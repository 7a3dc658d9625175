import type { Removal } from "@fairlead/contracts/routing/v1/decision";
import type { Tiered } from "./assign-tiers.ts";
import type { Strategy } from "./strategies/strategy.ts";

/** Says in sentences why a target comes first and what was in its way. */
export function explainChoice(
  best: Tiered,
  second: Tiered | undefined,
  strategy: Strategy,
  named: boolean,
  removals: readonly Removal[],
): string[] {
  const name = nameOf(best);
  const reasons = [named ? `${name} comes first because its model was asked for.` : `${name} comes first because it ${strategy.because}.`];
  if (best.reservation !== undefined) reasons.push(`It is used in an emergency: ${best.reservation}.`);
  if (second !== undefined) {
    reasons.push(`${nameOf(second)} is next, with a score of ${second.score.toFixed(3)} to ${best.score.toFixed(3)}.`);
  }
  const counts = new Map<string, { stage: string; count: number }>();
  for (const { stage, reason } of removals) {
    const known = counts.get(reason);
    if (known === undefined) counts.set(reason, { stage, count: 1 });
    else known.count += 1;
  }
  for (const [reason, { stage, count }] of counts) {
    reasons.push(`${count} ${count === 1 ? "target was" : "targets were"} taken out (${stage}: ${reason}).`);
  }
  return reasons;
}

function nameOf(one: Tiered): string {
  return `${one.target.provider}/${one.target.model.model}`;
}
