/** Draws numbers in [0, 1); the same seed draws the same numbers. */
export type Random = () => number;

/** The mulberry32 generator over a 32-bit seed. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One of the entries, which must not be empty. */
export function pick<T>(random: Random, entries: readonly T[]): T {
  return entries[Math.floor(random() * entries.length)] as T;
}

/** A whole number from `low` to `high`, both included. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}
