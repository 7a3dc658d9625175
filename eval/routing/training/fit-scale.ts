/** A recorded answer: the expected gap of its question, the strength of the model, how good the answer was, 0..1. */
export interface Answer {
  readonly gap: number;
  readonly choice: boolean;
  readonly strength: number;
  readonly quality: number;
  readonly weight: number;
}

/** How an expected gap becomes a difficulty on the scale of strengths, and how sharply strength tells. */
export interface Scale {
  readonly discrimination: number;
  readonly choice: { readonly start: number; readonly slope: number };
  readonly free: { readonly start: number; readonly slope: number };
}

/** Slopes stay above this: more gap never means less difficulty. */
const LEAST_SLOPE = 2;
const STEPS = 4_000;
const RATE = 0.05;

/**
 * Fits P(good) = sigmoid(a * (logit(strength) - (start + slope * gap))) by the likelihood of the recorded answers
 * (Rasch model with a common discrimination a), with Adam on the whole batch.
 */
export function fitScale(answers: readonly Answer[]): Scale {
  const values = [1, -0.5, 3, -0.5, 3];
  const means = values.map(() => 0);
  const squares = values.map(() => 0);
  const total = answers.reduce((sum, { weight }) => sum + weight, 0);
  for (let step = 1; step <= STEPS; step++) {
    const slope = gradient(answers, values, total);
    for (let index = 0; index < values.length; index++) {
      const one = slope[index] as number;
      means[index] = 0.9 * (means[index] as number) + 0.1 * one;
      squares[index] = 0.999 * (squares[index] as number) + 0.001 * one ** 2;
      const mean = (means[index] as number) / (1 - 0.9 ** step);
      const spread = Math.sqrt((squares[index] as number) / (1 - 0.999 ** step)) + 1e-8;
      values[index] = (values[index] as number) - (RATE * mean) / spread / Math.sqrt(step);
    }
    for (const index of [2, 4]) values[index] = Math.max(LEAST_SLOPE, values[index] as number);
    values[0] = Math.max(0.1, values[0] as number);
  }
  const [discrimination = 1, choiceStart = 0, choiceSlope = 1, freeStart = 0, freeSlope = 1] = values;
  return {
    discrimination,
    choice: { start: choiceStart, slope: choiceSlope },
    free: { start: freeStart, slope: freeSlope },
  };
}

/** Probability of a good answer on a scale. */
export function predicted({ gap, choice, strength }: Answer, scale: Scale): number {
  const { start, slope } = choice ? scale.choice : scale.free;
  return 1 / (1 + Math.exp(-scale.discrimination * (Math.log(strength / (1 - strength)) - start - slope * gap)));
}

function gradient(answers: readonly Answer[], values: readonly number[], total: number): number[] {
  const sums = values.map(() => 0);
  const a = values[0] as number;
  for (const { gap, choice, strength, quality, weight } of answers) {
    const at = choice ? 1 : 3;
    const margin = Math.log(strength / (1 - strength)) - (values[at] as number) - (values[at + 1] as number) * gap;
    const error = ((1 / (1 + Math.exp(-a * margin)) - quality) * weight) / total;
    sums[0] = (sums[0] as number) + error * margin;
    sums[at] = (sums[at] as number) - error * a;
    sums[at + 1] = (sums[at + 1] as number) - error * a * gap;
  }
  return sums;
}
