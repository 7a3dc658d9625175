import { scaled, softmax, TEXT_CATEGORIES, WORD_PLACES } from "@fairlead/decision/analysis/task-scores";
import { shuffle } from "../../routing/seeded-random.ts";

/** A text with its category as an index of `TEXT_CATEGORIES`. */
export interface TaskExample {
  readonly features: Float64Array;
  readonly places: readonly number[];
  readonly category: number;
  readonly weight: number;
}

/** A linear model before it is packed. */
export interface FittedTask {
  readonly means: readonly number[];
  readonly widths: readonly number[];
  readonly starts: Float64Array;
  /** For each measure the weights of all categories. */
  readonly weights: Float64Array;
  /** For each place the weights of all categories. */
  readonly words: Float64Array;
}

const EPOCHS = 30;
const RATE = 0.1;
/** Draws weights to zero in each step. */
const RIDGE = { features: 1e-4, words: 2e-4 } as const;
const COUNT = TEXT_CATEGORIES.length;

/** Multinomial logistic regression by stochastic descent with step sizes for each weight (Adagrad). */
export function fitTask(examples: readonly TaskExample[], random: () => number): FittedTask {
  const { means, widths } = scaleOf(examples);
  const width = means.length;
  const model: FittedTask = {
    means,
    widths,
    starts: new Float64Array(COUNT),
    weights: new Float64Array(width * COUNT),
    words: new Float64Array(WORD_PLACES * COUNT),
  };
  const paths = {
    starts: new Float64Array(COUNT),
    weights: new Float64Array(width * COUNT),
    words: new Float64Array(WORD_PLACES * COUNT),
  };
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (const example of shuffle(examples, random)) {
      const share = 1 / Math.sqrt(example.places.length + 1);
      const errors = probabilities(model, example);
      errors[example.category] = (errors[example.category] as number) - 1;
      for (let category = 0; category < COUNT; category++) {
        const error = (errors[category] as number) * example.weight;
        descend(model.starts, paths.starts, category, error, 0);
        for (let feature = 0; feature < width; feature++) {
          const value = scaled(
            example.features[feature] as number,
            means[feature] as number,
            widths[feature] as number,
          );
          descend(model.weights, paths.weights, feature * COUNT + category, error * value, RIDGE.features);
        }
        for (const place of example.places)
          descend(model.words, paths.words, place * COUNT + category, error * share, RIDGE.words);
      }
    }
  }
  return model;
}

/** Probability of each category. */
export function probabilities(model: FittedTask, { features, places }: TaskExample): Float64Array {
  const scores = Float64Array.from(model.starts);
  const share = 1 / Math.sqrt(places.length + 1);
  for (let category = 0; category < COUNT; category++) {
    let sum = scores[category] as number;
    for (let feature = 0; feature < features.length; feature++) {
      sum +=
        scaled(features[feature] as number, model.means[feature] as number, model.widths[feature] as number) *
        (model.weights[feature * COUNT + category] as number);
    }
    for (const place of places) sum += share * (model.words[place * COUNT + category] as number);
    scores[category] = sum;
  }
  return softmax(scores);
}

function descend(values: Float64Array, paths: Float64Array, index: number, error: number, ridge: number): void {
  const slope = error + ridge * (values[index] as number);
  const path = (paths[index] as number) + slope ** 2;
  paths[index] = path;
  values[index] = (values[index] as number) - (RATE * slope) / Math.sqrt(path + 1e-8);
}

function scaleOf(examples: readonly TaskExample[]): { means: number[]; widths: number[] } {
  const means: number[] = [];
  const widths: number[] = [];
  const width = examples[0]?.features.length ?? 0;
  for (let feature = 0; feature < width; feature++) {
    const mean = examples.reduce((sum, { features }) => sum + (features[feature] as number), 0) / examples.length;
    const variance =
      examples.reduce((sum, { features }) => sum + ((features[feature] as number) - mean) ** 2, 0) / examples.length;
    means.push(mean);
    widths.push(Math.sqrt(variance) + 1e-3);
  }
  return { means, widths };
}
