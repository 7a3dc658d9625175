import type { Ranked } from "./rank-contenders.ts";

/** Margin at which a choice is taken as clear. */
const CLEAR_MARGIN = 0.1;
/** Calls at which figures are taken as half proven. */
const HALF_PROVEN = 20;

/**
 * How sure a choice is, 0 to 1: half from the margin to the next, half from the calls behind the first one's figures.
 * One that is alone or was asked for by name is only as unsure as its figures.
 */
export function judgeConfidence(first: Ranked, second: Ranked | undefined, pinned: boolean): number {
  const margin = second === undefined || pinned ? 1 : 1 - Math.exp(-Math.max(0, first.score - second.score) / CLEAR_MARGIN);
  const evidence = first.target.state?.evidence ?? 0;
  return 0.5 * margin + 0.5 * (evidence / (evidence + HALF_PROVEN));
}
