/** How the bytes of an answer are cut. */
export type Slicing = "whole" | "bytes" | "random";

export const SLICINGS: readonly Slicing[] = ["whole", "bytes", "random"];

/** Bytes of a random slice at most. */
const LONGEST = 48;

/** Draws from 0 to below a bound, the same for the same seed (mulberry32 of T. Ettinger). */
export function createDraws(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Cuts a body; every cut may lie inside of a character. */
export function slice(body: Uint8Array, slicing: Slicing, draw: (below: number) => number): Uint8Array[] {
  if (slicing === "whole") return body.length === 0 ? [] : [body];
  const slices: Uint8Array[] = [];
  for (let at = 0; at < body.length;) {
    const length = slicing === "bytes" ? 1 : 1 + draw(LONGEST);
    slices.push(body.subarray(at, at + length));
    at += length;
  }
  return slices;
}
