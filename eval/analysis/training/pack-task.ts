import type { Boosted } from "../../routing/boost-trees.ts";
import { packForest, quoted } from "../../routing/training/pack-model.ts";
import type { FittedTask } from "./fit-task.ts";

/** The text of a TypeScript module that holds the models of category and complexity. */
export function packTask({ means, widths, starts, weights, words }: FittedTask, complexity: Boosted): string {
  const count = starts.length;
  const most = words.reduce((greatest, weight) => Math.max(greatest, Math.abs(weight)), 0);
  const step = most / 127;
  const bytes = Int8Array.from(words, (weight) => Math.round(weight / step));
  const byCategory = [...starts.keys()].map((category) =>
    means.map((_, feature) => weights[feature * count + category] as number),
  );
  return `// Written by eval/train-analysis.ts. Do not edit.
import type { PackedForest } from "../quality/forest.ts";
import type { PackedTaskModel } from "./task-scores.ts";

/** Learned: what words and form tell about the category of a task. */
export const TASK_MODEL: PackedTaskModel = {
  means: ${list(means)},
  widths: ${list(widths)},
  starts: ${list([...starts])},
  weights: [
    ${byCategory.map(list).join(",\n    ")},
  ],
  step: ${round(step)},
  words:
        ${quoted(new Uint8Array(bytes.buffer))},
};

/** Learned: the level of complexity, about 0 for simple to 2 for complex. */
export const COMPLEXITY_MODEL: PackedForest = ${packForest(complexity)};
`;
}

function list(values: readonly number[]): string {
  return `[${values.map(round).join(", ")}]`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(5)));
}
