const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** 32-bit FNV-1a over the UTF-16 units of a text, going on from an earlier hash. */
export function foldText(hash: number, text: string): number {
  let folded = hash;
  for (let index = 0; index < text.length; index++) {
    folded = Math.imul(folded ^ text.charCodeAt(index), FNV_PRIME);
  }
  return folded >>> 0;
}

/** 32-bit FNV-1a of a text. */
export function hashText(text: string): number {
  return foldText(FNV_OFFSET, text);
}

/** Joins two 32-bit hashes into one (the finaliser of MurmurHash3). */
export function mix(left: number, right: number): number {
  let mixed = Math.imul(left ^ Math.imul(right, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
