/** Answers that a distribution must rest on. */
const LEAST_ANSWERS = 20;

/**
 * Milliseconds that a request would take at another target: the same place among that target's answers as it had among
 * those of its own, so that a long answer stays a long one and the spread of the whole is kept (quantile mapping).
 *
 * @param own   milliseconds of the answers of the target that answered, rising
 * @param other the same of the other target
 * @returns undefined where either has too few answers to tell
 */
export function mapLatency(milliseconds: number, own: readonly number[], other: readonly number[]): number | undefined {
  if (own.length < LEAST_ANSWERS || other.length < LEAST_ANSWERS) return undefined;
  const below = countBelow(own, milliseconds);
  const level = countBelow(own, milliseconds + Number.EPSILON * milliseconds, below);
  const place = (below + level) / 2 / own.length;
  return quantile(other, place);
}

/**
 * The value at a place of values that rise, between its neighbours in proportion.
 *
 * @param place 0 to 1
 */
export function quantile(rising: readonly number[], place: number): number {
  const at = Math.min(Math.max(place, 0), 1) * (rising.length - 1);
  const low = rising[Math.floor(at)] ?? 0;
  const high = rising[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

/** How many of rising values are below a bound. */
function countBelow(rising: readonly number[], bound: number, from = 0): number {
  let [low, high] = [from, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
