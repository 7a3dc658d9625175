import { DIFFICULTY_MODEL } from "./difficulty-model.ts";

/** Keeps the odds of strengths and difficulties at the ends of their range finite. */
const EDGE = 0.005;

/**
 * Probability that a model answers well: item response theory with one parameter for the item (Rasch), scaled by the
 * discrimination that fits the recorded answers best.
 * @param strength of the model for this kind of task, 0..1
 * @param difficulty as predicted from the text, 0..1
 * @returns 0..1, rising with strength and falling with difficulty
 */
export function predictQuality(strength: number, difficulty: number): number {
  return 1 / (1 + Math.exp(-DIFFICULTY_MODEL.discrimination * (logit(strength) - logit(difficulty))));
}

function logit(share: number): number {
  const inner = Math.min(1 - EDGE, Math.max(EDGE, share));
  return Math.log(inner / (1 - inner));
}
