/** A sum of small complete trees, packed as base64: of bytes for the features, of 32-bit floats for the rest. */
export interface PackedForest {
  readonly base: number;
  readonly depth: number;
  readonly features: string;
  readonly thresholds: string;
  readonly leaves: string;
}

/** The same, ready for use. Inner nodes of each tree in level order. */
export interface Forest {
  readonly base: number;
  readonly depth: number;
  readonly features: Uint8Array;
  readonly thresholds: Float32Array;
  readonly leaves: Float32Array;
}

/** Unpacks a forest. */
export function unpackForest({ base, depth, features, thresholds, leaves }: PackedForest): Forest {
  return { base, depth, features: bytesOf(features), thresholds: floatsOf(thresholds), leaves: floatsOf(leaves) };
}

/** Adds up what the trees say about one row of features: a value up to a threshold goes left. */
export function forestValue({ base, depth, features, thresholds, leaves }: Forest, row: Float64Array): number {
  const inner = 2 ** depth - 1;
  const trees = features.length / inner;
  let sum = base;
  for (let tree = 0; tree < trees; tree++) {
    let node = 0;
    const from = tree * inner;
    while (node < inner)
      node =
        2 * node + ((row[features[from + node] as number] as number) <= (thresholds[from + node] as number) ? 1 : 2);
    sum += leaves[tree * (inner + 1) + node - inner] as number;
  }
  return sum;
}

/** The bytes of a base64 text. */
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function floatsOf(base64: string): Float32Array {
  const bytes = bytesOf(base64);
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => view.getFloat32(index * 4, true));
}
