/** Margin at which a choice is taken as clear. */
const CLEAR_MARGIN = 0.1;
/** Calls at which figures are taken as half proven. */
const HALF_PROVEN = 20;

/**
 * How sure a choice is, 0 to 1: half from the margin to the next that is no equal of it, half from the calls behind the
 * first one's figures. One that is alone or was asked for by name is only as unsure as its figures.
 *
 * @param margin   difference of the scores; undefined: there is no next, or it was asked for
 * @param evidence calls behind the first one's figures
 */
export function judgeConfidence(margin: number | undefined, evidence: number): number {
  const clear = margin === undefined ? 1 : 1 - Math.exp(-Math.max(0, margin) / CLEAR_MARGIN);
  return 0.5 * clear + 0.5 * (evidence / (evidence + HALF_PROVEN));
}
