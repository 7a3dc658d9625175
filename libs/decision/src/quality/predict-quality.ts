/** How sharply ability tells success from failure, and the shift that fits the recorded outcomes. */
const ITEM_RESPONSE = { discrimination: 1, shift: 0 } as const;
/** Keeps the odds of strengths and difficulties at the ends of their range finite. */
const EDGE = 0.01;

/**
 * Probability that a model answers well, by item response: the odds of its strength against those of the difficulty.
 * @param strength of the model for this kind of task, 0..1
 * @param difficulty as predicted from the text, 0..1
 * @returns 0..1, rising with strength and falling with difficulty
 */
export function predictQuality(strength: number, difficulty: number): number {
  const { discrimination, shift } = ITEM_RESPONSE;
  return 1 / (1 + Math.exp(-(discrimination * (logit(strength) - logit(difficulty)) + shift)));
}

function logit(share: number): number {
  const inner = Math.min(1 - EDGE, Math.max(EDGE, share));
  return Math.log(inner / (1 - inner));
}
