import { type Boosted, boostTrees } from "../../routing/boost-trees.ts";
import { seededRandom } from "../../routing/seeded-random.ts";

/** Levels of complexity from 0 to 2. */
export const COMPLEXITY_LEVELS = ["simple", "medium", "complex"] as const;
const OPTIONS = {
  rounds: 120,
  rate: 0.07,
  depth: 2,
  leafWeight: 6,
  ridge: 2,
  rowShare: 0.7,
  featureShare: 0.3,
  bins: 24,
} as const;
/** Simple prompts are the most, complex ones the fewest: these weights make up for it. */
const WEIGHTS = [1, 1.5, 2.5] as const;

/** Learns the level of complexity as a number. */
export function fitComplexity(
  examples: readonly { readonly features: Float64Array; readonly level: number }[],
  seed: number,
): Boosted {
  return boostTrees(
    examples.map(({ features }) => features),
    examples.map(({ level }) => level),
    examples.map(({ level }) => WEIGHTS[level] ?? 1),
    OPTIONS,
    seededRandom(seed),
  );
}
