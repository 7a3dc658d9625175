import { FEATURE_NAMES } from "@fairlead/decision/quality/shape-features";
import { boostedValue, type Boosted, boostTrees, type BoostOptions } from "../boost-trees.ts";
import { seededRandom } from "../seeded-random.ts";
import { type Example, offersChoice } from "./example.ts";

const COMMON = { rate: 0.05, depth: 3, rowShare: 0.6, featureShare: 0.3, bins: 24 } as const;
/** Words of one field do not carry over to another: without them, fields never seen are told better. */
const CHOICE: BoostOptions = {
  ...COMMON,
  rounds: 150,
  leafWeight: 60,
  ridge: 50,
  allowed: without(
    /^(code|law|medicine|science|economics|history|mind|reasoning|creative|smallTalk|output)(Words|Share)$/,
  ),
};
const FREE: BoostOptions = {
  ...COMMON,
  rounds: 150,
  leafWeight: 15,
  ridge: 10,
  allowed: without(/^(law|medicine|science|economics|history|mind)(Words|Share)$/),
};
/** Models that are averaged. */
const BAGS = 3;

/** Two models of the gap: for questions that offer choices, and for the rest. */
export interface GapModel {
  readonly choice: Boosted;
  readonly free: Boosted;
}

/**
 * Learns the gap between a strong and a weak model. The same examples and seed give the same model. Questions of exam
 * fields teach only about choices: the few of them whose choices are not seen are too long to be like what people ask.
 */
export function fitGap(examples: readonly Example[], seed: number): GapModel {
  return {
    choice: fit(examples.filter(offersChoice), CHOICE, seed),
    free: fit(
      examples.filter((example) => !offersChoice(example) && !example.group.startsWith("mmlu/")),
      FREE,
      seed + 1,
    ),
  };
}

/** The gap to be expected for an example. */
export function gapOf(model: GapModel, example: Example): number {
  return boostedValue(offersChoice(example) ? model.choice : model.free, example.features);
}

function fit(examples: readonly Example[], options: BoostOptions, seed: number): Boosted {
  if (examples.length === 0) return { base: 0, trees: [] };
  const bags = Array.from({ length: BAGS }, (_, bag) =>
    boostTrees(
      examples.map(({ features }) => features),
      examples.map(({ target }) => target),
      examples.map(({ weight }) => weight),
      options,
      seededRandom(seed * 1_000 + bag),
    ),
  );
  return {
    base: bags.reduce((sum, { base }) => sum + base, 0) / BAGS,
    trees: bags.flatMap(({ trees }) =>
      trees.map((tree) => ({ ...tree, leaves: tree.leaves.map((leaf) => leaf / BAGS) })),
    ),
  };
}

function without(names: RegExp): number[] {
  return [...FEATURE_NAMES.keys()].filter((index) => !names.test(FEATURE_NAMES[index] ?? ""));
}
