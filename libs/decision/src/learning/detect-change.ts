/** A cumulative sum that grows while outcomes are worse than they used to be. */
export interface Drift {
  /** How much better the outcomes since it last was 0 fit a changed arm, as the logarithm of the ratio. */
  level: number;
  /** Outcomes since it last was 0: those of after the change, should there be one. */
  since: number;
  /** Their sum. */
  sum: number;
}

/** No sign of a change. */
export function noDrift(): Drift {
  return { level: 0, since: 0, sum: 0 };
}

/** Outside of these, one outcome alone would say too much or nothing. */
const SUREST = 0.98;
const LEAST_SURE = 0.05;

/**
 * Takes in an outcome of 0 to 1 and says whether the outcomes have become worse. CUSUM of the likelihood ratio
 * (E. Page, "Continuous inspection schemes", Biometrika 1954) between outcomes as good as the reference and outcomes
 * with only `changedOdds` of its odds. While the mean is not below the reference, false alarms are on average at least
 * `callsBetweenFalseAlarms` calls apart (G. Lorden, 1971); that holds for ratings between 0 and 1 too, since the ratio
 * is convex in them.
 */
export function advanceDrift(
  drift: Drift,
  outcome: number,
  reference: number,
  options: { readonly changedOdds: number; readonly callsBetweenFalseAlarms: number },
): boolean {
  const usual = Math.min(SUREST, Math.max(LEAST_SURE, reference));
  const odds = (options.changedOdds * usual) / (1 - usual);
  const changed = odds / (1 + odds);
  const gain = outcome * Math.log(changed / usual) + (1 - outcome) * Math.log((1 - changed) / (1 - usual));
  drift.level += gain;
  if (drift.level <= 0) {
    clearDrift(drift);
    return false;
  }
  drift.since += 1;
  drift.sum += outcome;
  return drift.level >= Math.log(options.callsBetweenFalseAlarms);
}

/** Starts anew. */
export function clearDrift(drift: Drift): void {
  drift.level = 0;
  drift.since = 0;
  drift.sum = 0;
}
