import { join } from "node:path";
import { scanText } from "@fairlead/decision/analysis/scan-text";
import { placesOf, TEXT_CATEGORIES } from "@fairlead/decision/analysis/task-scores";
import { shapeFeatures } from "@fairlead/decision/quality/shape-features";
import { shuffle } from "../../routing/seeded-random.ts";
import { readTwoModels } from "../../routing/read-two-models.ts";
import { readPrompts } from "../read-prompts.ts";
import type { TaskExample } from "./fit-task.ts";

/** Exam questions and word problems are all analysis: a few of them are enough. */
const FEW = 200;
/** A labelled text as it was read. */
export interface Labelled {
  readonly source: string;
  readonly text: string;
  readonly category: string;
  readonly complexity?: string;
  readonly example: TaskExample;
}

/** Reads all that teaches the category of a task from its text. `random` draws which of many alike are taken. */
export function readTasks(data: string, samples: string, random: () => number): Labelled[] {
  const files: readonly [string, string, number][] = [
    ["written", join(samples, "labelled-prompts.jsonl"), 1],
    ["arena", join(data, "prompts", "arena_hard_v2.jsonl"), 1],
    ["dialogues", join(data, "routing", "mt_bench.csv"), 1],
  ];
  const labelled = files.flatMap(([source, path, weight]) =>
    readPrompts(path).prompts.flatMap(({ text, category, complexity }) => {
      const found = toLabelled(source, text, category, weight);
      return found === undefined ? [] : [{ ...found, ...(complexity !== undefined && { complexity }) }];
    }),
  );
  const exams = ["mmlu.csv", "gsm8k.csv"].flatMap((name) =>
    shuffle(readTwoModels(join(data, "routing", name)).rows, random)
      .slice(0, FEW)
      .flatMap(({ text }) => toLabelled("exams", text, "analysis", 0.3) ?? []),
  );
  return [...labelled, ...exams];
}

function toLabelled(source: string, text: string, category: string | undefined, weight: number): Labelled | undefined {
  const index = TEXT_CATEGORIES.findIndex((name) => name === category);
  if (index === -1 || category === undefined) return undefined;
  const scan = scanText(text);
  return {
    source,
    text,
    category,
    example: { features: shapeFeatures(scan), places: placesOf(scan), category: index, weight },
  };
}
