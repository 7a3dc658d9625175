/** One lease takes at most this part of what is left, so that shares shrink near the cap and other holders find room. */
const FAIR_PARTS = 4n;

/**
 * The share of a budget that one lease gets: `wanted`, at most a quarter of what is left, but never below `minimum`.
 *
 * All amounts are nano-dollars. A minimum of zero counts as one, so that an empty budget hands out nothing.
 *
 * @param remaining what of the window is neither settled nor handed out; negative after the limit was lowered
 * @param minimum   the least that is of use
 * @param wanted    what would be best
 * @returns the share, at most `remaining`; 0 when there is no room for the minimum
 */
export function sizeLease(remaining: bigint, minimum: bigint, wanted: bigint): bigint {
  const least = minimum > 0n ? minimum : 1n;
  if (remaining < least) return 0n;
  const fair = remaining / FAIR_PARTS;
  const most = fair > least ? fair : least;
  if (wanted < least) return least;
  return wanted < most ? wanted : most;
}
