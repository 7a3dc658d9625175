import { join } from "node:path";
import { z } from "zod";
import { readJsonLines } from "../../read-table.ts";
import { readTwoModels } from "../read-two-models.ts";
import { type Example, examplesOf, featuresOf } from "./example.ts";

/** The gap that people who wrote a prompt expect between a large and a small model, by its complexity. */
const EXPECTED_GAP: Readonly<Record<string, number>> = { simple: 0.03, medium: 0.12, complex: 0.3 };
/** How much of that gap a kind of task shows: taste forgives, a wrong result does not. */
const GAP_BY_CATEGORY: Readonly<Record<string, number>> = { creative_writing: 0.3, code: 1.2, analysis: 1.2 };
const OTHER_CATEGORY = 0.7;
/** The same for explanations and comparisons: all models talk well; it is calculating that tells them apart. */
const EXPLANATION = 0.5;
/** The gap on prompts that were collected because they are hard. */
const HARD_GAP = 0.35;
/** The same for creative ones. */
const HARD_CREATIVE_GAP = 0.05;
/** What a single word problem keeps of its own outcome. */
const OWN_SHARE = 0.3;
/** No field counts as more than this many questions. */
const MOST_OF_A_FIELD = 200;

/** All that the model of difficulty can learn from. */
export interface Sources {
  readonly fields: readonly Example[];
  readonly wordProblems: readonly Example[];
  readonly dialogues: readonly Example[];
  readonly written: readonly Example[];
  readonly hard: readonly Example[];
}

/** Reads the sources. Recorded answers: `routing/` of the data; expected gaps: prompts written and collected by hand. */
export function readSources(data: string, samples: string): Sources {
  const routing = (name: string): string => join(data, "routing", name);
  return {
    fields: examplesOf(readTwoModels(routing("mmlu.csv")), "mmlu", 1, MOST_OF_A_FIELD),
    wordProblems: drawToMean(examplesOf(readTwoModels(routing("gsm8k.csv")), "gsm8k", 0.5)),
    dialogues: examplesOf(readTwoModels(routing("mt_bench.csv")), "mt_bench", 3),
    written: readWritten(join(samples, "labelled-prompts.jsonl")),
    hard: readHard(join(data, "prompts", "arena_hard_v2.jsonl")),
  };
}

/**
 * One right or wrong answer is mostly chance, and questions of one kind hardly differ in what can be seen: their mean
 * teaches more than each of them. Learning from each at full left questions of the same kind that were left out at chance.
 */
function drawToMean(examples: readonly Example[]): Example[] {
  const mean = examples.reduce((sum, { target }) => sum + target, 0) / examples.length;
  return examples.map((example) => ({ ...example, target: mean + OWN_SHARE * (example.target - mean) }));
}

function readWritten(path: string): Example[] {
  const row = z.object({ prompt: z.string(), category: z.string(), complexity: z.string() });
  return readJsonLines(path, row).map(({ prompt, category, complexity }) =>
    expected(prompt, (EXPECTED_GAP[complexity] ?? 0) * shownGap(prompt, category, complexity), 3, "written"),
  );
}

function shownGap(prompt: string, category: string, complexity: string): number {
  if (category === "analysis" && complexity === "medium" && !/\d/.test(prompt)) return EXPLANATION;
  return GAP_BY_CATEGORY[category] ?? OTHER_CATEGORY;
}

function readHard(path: string): Example[] {
  const row = z.object({ prompt: z.string(), subcategory: z.string() });
  return readJsonLines(path, row).map(({ prompt, subcategory }) =>
    expected(prompt, subcategory === "creative_writing" ? HARD_CREATIVE_GAP : HARD_GAP, 0.5, "hard"),
  );
}

function expected(text: string, target: number, weight: number, group: string): Example {
  return { features: featuresOf(text), target, weight, group, strong: Number.NaN, weak: Number.NaN };
}
