import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { TEXT_CATEGORIES } from "@fairlead/decision/analysis/task-scores";
import { showPairs } from "./analysis/confusion.ts";
import { fitComplexity, COMPLEXITY_LEVELS } from "./analysis/training/fit-complexity.ts";
import { fitTask, probabilities } from "./analysis/training/fit-task.ts";
import { packTask } from "./analysis/training/pack-task.ts";
import { type Labelled, readTasks } from "./analysis/training/read-tasks.ts";
import { InputError } from "./read-table.ts";
import { boostedValue } from "./routing/boost-trees.ts";
import { seededRandom } from "./routing/seeded-random.ts";

const HELP = `Learns the category and the complexity of a task from its text, and shows how well that is told for prompts that
were not learned from.

  --data DIR       folder with prompts/arena_hard_v2.jsonl and routing/mt_bench.csv, mmlu.csv, gsm8k.csv
  --samples DIR    folder with labelled-prompts.jsonl (default: samples beside this file)
  --folds N        prompts are left out in this many parts (default 10)
  --seed N         of everything that is drawn (default 1)
  --write FILE     where the model goes (default: libs/decision/src/analysis/task-model.ts)
  --dry-run        measures and writes nothing
`;

const here = import.meta.dirname;
const { values } = parseArgs({
  options: {
    data: { type: "string" },
    samples: { type: "string", default: join(here, "samples") },
    folds: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    write: { type: "string", default: join(here, "../libs/decision/src/analysis/task-model.ts") },
    "dry-run": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

try {
  if (values.help) console.log(HELP);
  else train();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

function train(): void {
  if (values.data === undefined) throw new InputError(`--data DIR is missing\n\n${HELP}`);
  const seed = Number(values.seed);
  const tasks = readTasks(values.data, values.samples, seededRandom(seed));
  const sources = Map.groupBy(tasks, ({ source }) => source);
  console.log(
    `Seed ${seed}. Prompts: ${[...sources].map(([source, rows]) => `${rows.length} ${source}`).join(", ")}. Each figure below is for prompts left out, ${values.folds} parts.`,
  );
  measure(tasks, Number(values.folds), seed);
  if (values["dry-run"]) return;
  const text = packTask(fitTask(balance(tasks), seededRandom(seed)), fitComplexity(graded(tasks), seed));
  writeFileSync(values.write, text);
  console.log(`Written: ${values.write}, ${text.length} bytes.`);
}

function measure(tasks: readonly Labelled[], folds: number, seed: number): void {
  const draw = seededRandom(seed + 1);
  const fold = tasks.map(() => Math.floor(draw() * folds));
  const categories: { source: string; label: string; found: string }[] = [];
  const complexities: { label: string; found: string }[] = [];
  for (let out = 0; out < folds; out++) {
    const learned = tasks.filter((_, index) => fold[index] !== out);
    const model = fitTask(balance(learned), seededRandom(seed));
    const levels = fitComplexity(graded(learned), seed);
    for (const task of tasks.filter((_, index) => fold[index] === out)) {
      const chances = probabilities(model, task.example);
      const best = chances.indexOf(Math.max(...chances));
      categories.push({ source: task.source, label: task.category, found: TEXT_CATEGORIES[best] ?? "" });
      if (task.complexity === undefined) continue;
      const level = Math.max(0, Math.min(2, Math.round(boostedValue(levels, task.example.features))));
      complexities.push({ label: task.complexity, found: COMPLEXITY_LEVELS[level] ?? "" });
    }
  }
  for (const [source, pairs] of Map.groupBy(categories, (pair) => pair.source))
    console.log(`\n${showPairs(`Category, ${source}`, pairs)}`);
  console.log(`\n${showPairs("Complexity, written", complexities)}`);
}

/** Gives each category the same weight in all. */
function balance(tasks: readonly Labelled[]) {
  const sums = TEXT_CATEGORIES.map((_, index) =>
    tasks.reduce((sum, { example }) => sum + (example.category === index ? example.weight : 0), 0),
  );
  const mean = sums.reduce((sum, one) => sum + one, 0) / sums.length;
  return tasks.map(({ example }) => ({
    ...example,
    weight: (example.weight * mean) / (sums[example.category] as number),
  }));
}

function graded(tasks: readonly Labelled[]) {
  return tasks.flatMap(({ complexity, example }) => {
    const level = COMPLEXITY_LEVELS.findIndex((name) => name === complexity);
    return level === -1 ? [] : [{ features: example.features, level }];
  });
}
