import { scanText, type TextScan } from "../analysis/scan-text.ts";
import { DIFFICULTY_MODEL } from "./difficulty-model.ts";
import { forestValue, unpackForest } from "./forest.ts";
import { shapeFeatures } from "./shape-features.ts";

const CHOICE = { ...DIFFICULTY_MODEL.choice, forest: unpackForest(DIFFICULTY_MODEL.choice.forest) };
const FREE = { ...DIFFICULTY_MODEL.free, forest: unpackForest(DIFFICULTY_MODEL.free.forest) };

/**
 * How much a question asks of a model, from its text alone: the more, the likelier a small model fails where a large
 * one does not. On the scale of model strengths: a model whose strength equals the difficulty answers about every
 * second such question well. Looks at the first 4,000 characters.
 * @param text all that the user asks
 * @returns 0..1
 */
export function predictDifficulty(text: string): number {
  const scan = scanText(text);
  return difficultyOf(scan, shapeFeatures(scan));
}

/** The same of a text that was taken apart and measured before. */
export function difficultyOf(scan: TextScan, features: Float64Array): number {
  if (scan.text.trim() === "") return 0;
  const { forest, start, slope } = (features[0] as number) === 1 ? CHOICE : FREE;
  return 1 / (1 + Math.exp(-(start + slope * forestValue(forest, features))));
}
