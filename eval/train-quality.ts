import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { InputError } from "./read-table.ts";
import { readTwoModels } from "./routing/read-two-models.ts";
import { callsNeeded, followRecovery, type Judged, orderByScore } from "./routing/recovered-gap.ts";
import { binForecasts, calibrationError } from "./routing/reliability.ts";
import { seededRandom } from "./routing/seeded-random.ts";
import { type Example, examplesOf, offersChoice } from "./routing/training/example.ts";
import { fitGap, type GapModel, gapOf } from "./routing/training/fit-difficulty.ts";
import { type Answer, fitScale, predicted, type Scale } from "./routing/training/fit-scale.ts";
import { predictHeldOut } from "./routing/training/hold-out.ts";
import { packModel } from "./routing/training/pack-model.ts";
import { readSources, type Sources } from "./routing/training/read-sources.ts";

const HELP = `Learns how difficult a prompt is from recorded answers of a strong and a weak model, and shows how well that
carries over to what was not learned from.

  --data DIR         folder with routing/mmlu.csv, gsm8k.csv, mt_bench.csv and prompts/arena_hard_v2.jsonl
  --samples DIR      folder with labelled-prompts.jsonl (default: samples beside this file)
  --domains-out N    folds: each leaves out one Nth of the fields at a time (default 7)
  --repeats N        times that is done, with the fields dealt anew (default 3)
  --seed N           of everything that is drawn (default 1)
  --write FILE       where the model goes (default: libs/decision/src/quality/difficulty-model.ts)
  --dry-run          measures and writes nothing
`;
/** Strengths of the recorded models on the catalogue's scale: gpt-4-1106-preview and mixtral-8x7b. */
const STRENGTH = { strong: 0.82, weak: 0.62 } as const;

/** No colours: tables are kept as text. */
const PLAIN = { head: [], border: [], compact: true };

const here = import.meta.dirname;
const { values } = parseArgs({
  options: {
    data: { type: "string" },
    samples: { type: "string", default: join(here, "samples") },
    "domains-out": { type: "string", default: "7" },
    repeats: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    write: { type: "string", default: join(here, "../libs/decision/src/quality/difficulty-model.ts") },
    "dry-run": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

try {
  if (values.help) console.log(HELP);
  else train(requireData(values.data));
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

function requireData(data: string | undefined): string {
  if (data === undefined) throw new InputError(`--data DIR is missing\n\n${HELP}`);
  return data;
}

function train(data: string): void {
  const seed = Number(values.seed);
  const sources = readSources(data, values.samples);
  const { fields, wordProblems, dialogues, written, hard } = sources;
  console.log(
    `Seed ${seed}. Read from ${data}: ${fields.length} questions of ${new Set(fields.map(({ group }) => group)).size} fields, ` +
      `${wordProblems.length} word problems, ${dialogues.length} dialogues, ${hard.length} collected prompts; ${written.length} prompts written for this.`,
  );
  const fieldGaps = measureFields(sources, seed);
  const outGaps = measureOthers(sources, data, seed);
  const judged = dropMisjudged(fields, fieldGaps);
  const answers = {
    MMLU: answersOf(fields, fieldGaps),
    "MMLU, fields whose strong answers were counted right": answersOf(...judged),
    GSM8K: answersOf(wordProblems, outGaps.wordProblems),
    "MT-Bench": answersOf(dialogues, outGaps.dialogues),
  };
  const scale = fitScale([...answersOf(...judged), ...answers.GSM8K, ...answers["MT-Bench"]]);
  console.log("Scale fitted to predictions of what was left out:", JSON.stringify(scale));
  console.log(showReliability(answers, scale));
  const model = fitGap([...fields, ...wordProblems, ...dialogues, ...written, ...hard], seed);
  if (values["dry-run"]) return;
  const text = packModel(model, scale);
  writeFileSync(values.write, text);
  console.log(
    `Written: ${values.write}, ${text.length} bytes, ${model.choice.trees.length + model.free.trees.length} trees.`,
  );
}

/** Leaves fields out, several times, and shows how the questions of these fields come out. */
function measureFields({ fields, wordProblems, dialogues, written, hard }: Sources, seed: number): number[] {
  const rest = [...wordProblems, ...dialogues, ...written, ...hard];
  const table = new Table({
    head: ["fields left out", "rows", "area", "strong calls for 50 %", "for 80 %"],
    style: PLAIN,
  });
  const sums = fields.map(() => 0);
  const repeats = Number(values.repeats);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const gaps = predictHeldOut(fields, rest, Number(values["domains-out"]), seed + repeat);
    gaps.forEach((gap, index) => (sums[index] = (sums[index] as number) + gap / repeats));
    table.push([`all, deal ${repeat + 1}`, ...figures(fields, gaps, seed)]);
    const others = fields.map(({ group }) => group !== "mmlu/moral_scenarios");
    table.push([
      `all but moral scenarios, deal ${repeat + 1}`,
      ...figures(pick(fields, others), pick(gaps, others), seed),
    ]);
  }
  console.log(
    `\nQuestions of fields that were left out, one in ${values["domains-out"]} at a time (area: 0.5 is chance)\n${table.toString()}`,
  );
  return sums;
}

/** Trains without a whole kind of source and predicts it. */
function measureOthers({ fields, wordProblems, dialogues, written, hard }: Sources, data: string, seed: number) {
  const table = new Table({
    head: ["never learned from", "rows", "area", "strong calls for 50 %", "for 80 %"],
    style: PLAIN,
  });
  const common = [...fields, ...written, ...hard];
  const withoutProblems = fitGap([...common, ...dialogues], seed);
  const withoutDialogues = fitGap([...common, ...wordProblems], seed);
  const result = { wordProblems: gaps(withoutProblems, wordProblems), dialogues: gaps(withoutDialogues, dialogues) };
  table.push(
    ["GSM8K", ...figures(wordProblems, result.wordProblems, seed)],
    ["MT-Bench", ...figures(dialogues, result.dialogues, seed)],
  );
  const arena = join(data, "routing", "routerarena.csv");
  if (existsSync(arena)) {
    const other = examplesOf(readTwoModels(arena), "routerarena", 1);
    const open = other.filter((example) => !offersChoice(example));
    const all = fitGap([...common, ...wordProblems, ...dialogues], seed);
    table.push(
      ["RouterArena", ...figures(other, gaps(all, other), seed)],
      ["RouterArena without choices", ...figures(open, gaps(all, open), seed)],
    );
  }
  console.log(`\nWhole sources that were left out\n${table.toString()}`);
  return result;
}

function gaps(model: GapModel, examples: readonly Example[]): number[] {
  return examples.map((example) => gapOf(model, example));
}

function figures(examples: readonly Example[], scores: readonly number[], seed: number): string[] {
  const rows: Judged[] = examples.map(({ strong, weak }, index) => ({ strong, weak, score: scores[index] as number }));
  const random = seededRandom(seed);
  const recovery = followRecovery(rows, orderByScore(rows, rows.map(random)));
  const percent = (share: number): string => `${(callsNeeded(recovery, share) * 100).toFixed(1)} %`;
  return [String(rows.length), recovery.area.toFixed(3), percent(0.5), percent(0.8)];
}

/** How far the predicted probability of a good answer lies from what came, for gaps of models that had not seen the rows. */
function showReliability(sources: Readonly<Record<string, readonly Answer[]>>, scale: Scale): string {
  const table = new Table({
    head: ["left out", "model", "mean predicted", "mean observed", "calibration error (10 bins)"],
    style: PLAIN,
  });
  for (const [source, answers] of Object.entries(sources)) {
    for (const [model, strength] of Object.entries(STRENGTH)) {
      const forecasts = answers
        .filter((answer) => answer.strength === strength)
        .map((answer) => ({ predicted: predicted(answer, scale), observed: answer.quality }));
      const [all] = binForecasts(forecasts, 1);
      const error = calibrationError(binForecasts(forecasts, 10));
      table.push([source, model, ...[all?.predicted ?? 0, all?.observed ?? 0, error].map((value) => value.toFixed(3))]);
    }
  }
  return `\nReliability of the predicted quality\n${table.toString()}`;
}

function pick<T>(items: readonly T[], kept: readonly boolean[]): T[] {
  return items.filter((_, index) => kept[index]);
}

/**
 * Without the fields in which the strong model was counted wrong in more than half of its answers: it gave its working
 * in place of a letter there, which says nothing of what it can do.
 */
function dropMisjudged(examples: readonly Example[], scores: readonly number[]): [Example[], number[]] {
  const good = new Set<string>();
  for (const [group, ones] of Map.groupBy(examples, (example) => example.group)) {
    if (ones.reduce((sum, { strong }) => sum + strong, 0) > ones.length / 2) good.add(group);
  }
  const kept = examples.map(({ group }) => good.has(group));
  return [pick(examples, kept), pick(scores, kept)];
}

function answersOf(examples: readonly Example[], scores: readonly number[]): Answer[] {
  return examples.flatMap((example, index) => {
    const shared = { gap: scores[index] as number, choice: offersChoice(example), weight: example.weight };
    return [
      { ...shared, strength: STRENGTH.strong, quality: example.strong },
      { ...shared, strength: STRENGTH.weak, quality: example.weak },
    ];
  });
}
