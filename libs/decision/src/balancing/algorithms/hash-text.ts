/** Hashes a text to 32 bits: FNV-1a over its UTF-16 units, then the finalisation of MurmurHash3. Not for secrets. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mixBits(hash);
}

/** Hashes two hashes to one that tells nothing of either. */
export function hashPair(left: number, right: number): number {
  return mixBits(Math.imul(left ^ 0x9e3779b9, 0x85ebca6b) + mixBits(left ^ right));
}

/** The finalisation of MurmurHash3 (fmix32): every bit of the input changes half of the bits of the result. */
function mixBits(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
