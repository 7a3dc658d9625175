import { bytesOf } from "../quality/forest.ts";
import type { TextScan } from "./scan-text.ts";

/** Categories that a text alone can tell, in the order of the scores. */
export const TEXT_CATEGORIES = ["conversation", "code", "creative_writing", "analysis"] as const;
/** Places that the hashes of words share. */
export const WORD_PLACES = 4_096;

/** A linear model over measures of form and words, as it is stored. */
export interface PackedTaskModel {
  /** Mean and width of each measure, by which it is scaled. */
  readonly means: readonly number[];
  readonly widths: readonly number[];
  /** For each category: its start value and one weight a measure. */
  readonly starts: readonly number[];
  readonly weights: readonly (readonly number[])[];
  /** For each place the weights of all categories, one signed byte each, in base64; times `step`. */
  readonly words: string;
  readonly step: number;
}

/** The same, ready for use. */
export interface TaskModel extends Omit<PackedTaskModel, "words"> {
  readonly words: Int8Array;
}

/** Unpacks a model. */
export function unpackTaskModel(packed: PackedTaskModel): TaskModel {
  return { ...packed, words: new Int8Array(bytesOf(packed.words).buffer) };
}

/** The place that a word shares. */
export function placeOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> 20;
}

/** A measure on the scale that the model was learned on, within bounds. */
export function scaled(value: number, mean: number, width: number): number {
  return Math.max(-3, Math.min(3, (value - mean) / width));
}

/** The distinct places of the words of a text. */
export function placesOf(scan: TextScan): number[] {
  const seen = new Uint8Array(WORD_PLACES);
  const places: number[] = [];
  for (let word = 0; word < scan.wordCount; word++) {
    const place = placeOf(scan.words[word] as number);
    if (seen[place] === 1) continue;
    seen[place] = 1;
    places.push(place);
  }
  return places;
}

/** Probability of each of `TEXT_CATEGORIES`. */
export function taskProbabilities(model: TaskModel, scan: TextScan, features: Float64Array): Float64Array {
  const count = TEXT_CATEGORIES.length;
  const scores = Float64Array.from(model.starts);
  for (let feature = 0; feature < features.length; feature++) {
    const value = scaled(features[feature] as number, model.means[feature] as number, model.widths[feature] as number);
    for (let category = 0; category < count; category++) {
      scores[category] = (scores[category] as number) + value * (model.weights[category]?.[feature] as number);
    }
  }
  const places = placesOf(scan);
  const share = model.step / Math.sqrt(places.length + 1);
  for (const place of places) {
    for (let category = 0; category < count; category++) {
      scores[category] = (scores[category] as number) + share * (model.words[place * count + category] as number);
    }
  }
  return softmax(scores);
}

/** Turns scores into probabilities, in place. */
export function softmax(scores: Float64Array): Float64Array {
  const most = Math.max(...scores);
  let sum = 0;
  for (let index = 0; index < scores.length; index++) sum += scores[index] = Math.exp((scores[index] as number) - most);
  for (let index = 0; index < scores.length; index++) scores[index] = (scores[index] as number) / sum;
  return scores;
}
