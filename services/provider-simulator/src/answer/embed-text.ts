import { hashText, mix } from "./hash.ts";
import { createRandom } from "./random.ts";

const PLACES_PER_WORD = 12;
const NOISE = 0.02;
const MOST_WORDS = 2_000;

/**
 * A unit vector for a text: every word adds to a few places chosen by its hash, so that texts that share words lie
 * close together, and a faint noise fills the rest. Fewer dimensions are the beginning of the full vector, scaled
 * to length one.
 */
export function embedText(text: string, model: string, fullDimensions: number, dimensions: number): Float32Array {
  const vector = new Float32Array(fullDimensions);
  const modelHash = hashText(model);
  const noise = createRandom(mix(hashText(text), modelHash));
  for (let place = 0; place < fullDimensions; place++) vector[place] = (noise() - 0.5) * NOISE;
  for (const word of text.toLowerCase().split(/[^\p{L}\p{N}]+/u, MOST_WORDS)) {
    if (word !== "") addWord(vector, mix(hashText(word), modelHash));
  }
  return toUnitLength(vector.subarray(0, dimensions));
}

function addWord(vector: Float32Array, hash: number): void {
  const random = createRandom(hash);
  for (let place = 0; place < PLACES_PER_WORD; place++) {
    const index = Math.floor(random() * vector.length);
    vector[index] = (vector[index] as number) + (random() < 0.5 ? -1 : 1);
  }
}

function toUnitLength(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const scale = 1 / Math.sqrt(squares || 1);
  return vector.map((value) => value * scale);
}
