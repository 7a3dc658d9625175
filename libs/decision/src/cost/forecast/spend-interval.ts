/** Standard deviations of a normal distribution between which nine tenths lie. */
const SIGMAS = 1.645;
/** Beyond this ratio of standard deviation to mean the approximation of the gamma distribution fails. */
const WIDEST = 2;

/**
 * Where a sum that cannot be negative lies in nine cases of ten: quantiles of the gamma distribution by the approximation
 * of E. Wilson and M. Hilferty (1931), taken at those of Student's distribution for the evidence there is.
 *
 * @param mean    of the sum
 * @param sigma   its standard deviation
 * @param degrees degrees of freedom that `sigma` is known with, 1 or more
 */
export function spendInterval(mean: number, sigma: number, degrees: number): { low: number; high: number } {
  const sigmas = studentQuantile(degrees);
  if (!(mean > 0)) return { low: 0, high: sigma * sigmas };
  const ratio = Math.min(sigma / mean, WIDEST);
  const at = (quantile: number) => mean * Math.max(0, 1 - (ratio * ratio) / 9 + (quantile * ratio) / 3) ** 3;
  return { low: at(-sigmas), high: at(sigmas) };
}

/** First terms of the expansion around the normal distribution (M. Abramowitz and I. Stegun, 26.7.5). */
function studentQuantile(degrees: number): number {
  const first = (SIGMAS ** 3 + SIGMAS) / 4;
  const second = (5 * SIGMAS ** 5 + 16 * SIGMAS ** 3 + 3 * SIGMAS) / 96;
  return SIGMAS + first / degrees + second / (degrees * degrees);
}
