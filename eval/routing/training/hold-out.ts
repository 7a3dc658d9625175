import { shuffle, seededRandom } from "../seeded-random.ts";
import type { Example } from "./example.ts";
import { fitGap, gapOf } from "./fit-difficulty.ts";

/** Gaps that were predicted by a model that had not seen the example's group, in the order of the examples. */
export function predictHeldOut(
  examples: readonly Example[],
  rest: readonly Example[],
  folds: number,
  seed: number,
): number[] {
  const groups = shuffle([...new Set(examples.map(({ group }) => group))], seededRandom(seed));
  const predicted = examples.map(() => 0);
  for (let fold = 0; fold < folds; fold++) {
    const out = new Set(groups.filter((_, index) => index % folds === fold));
    if (out.size === 0) continue;
    const model = fitGap([...rest, ...examples.filter(({ group }) => !out.has(group))], seed * 100 + fold);
    examples.forEach((example, index) => {
      if (out.has(example.group)) predicted[index] = gapOf(model, example);
    });
  }
  return predicted;
}
