import { forestValue, unpackForest } from "../quality/forest.ts";
import type { Needs } from "./analyze-request.ts";
import type { TextScan } from "./scan-text.ts";
import { COMPLEXITY_MODEL, TASK_MODEL } from "./task-model.ts";
import { TEXT_CATEGORIES, taskProbabilities, unpackTaskModel } from "./task-scores.ts";

/** Category and complexity of a task. */
export interface TaskClass {
  readonly category: string;
  /** How sure the category is, 0 to 1. */
  readonly categoryConfidence: number;
  readonly complexity: string;
}

/** What is known of a request beside its text. */
export interface TaskFacts {
  readonly needs: Needs;
  readonly inputTokens: number;
  readonly turns: number;
}

const CATEGORIES = unpackTaskModel(TASK_MODEL);
const COMPLEXITY = unpackForest(COMPLEXITY_MODEL);
/** Levels that are added to what the text tells: for long prompts, long conversations and answers in a given form. */
const MORE = { long: 0.5, veryLong: 1, turns: 0.3, structure: 0.3 } as const;

/** Sorts a task by what comes with it, and by the words and the form of its text. */
export function classifyTask(scan: TextScan, features: Float64Array, facts: TaskFacts): TaskClass {
  return { ...categoryOf(scan, features, facts.needs), complexity: complexityOf(scan, features, facts) };
}

function categoryOf(scan: TextScan, features: Float64Array, needs: Needs): Omit<TaskClass, "complexity"> {
  if (needs.tools) return { category: "function_calling", categoryConfidence: 1 };
  if (needs.vision || needs.audio || needs.files) return { category: "multimodal", categoryConfidence: 1 };
  if (scan.wordCount === 0) return { category: "conversation", categoryConfidence: 0 };
  const chances = taskProbabilities(CATEGORIES, scan, features);
  let best = 0;
  for (let index = 1; index < chances.length; index++)
    if ((chances[index] as number) > (chances[best] as number)) best = index;
  return { category: TEXT_CATEGORIES[best] ?? "conversation", categoryConfidence: chances[best] ?? 0 };
}

function complexityOf(scan: TextScan, features: Float64Array, { needs, inputTokens, turns }: TaskFacts): string {
  const told = scan.wordCount === 0 && scan.numbers === 0 ? 0 : forestValue(COMPLEXITY, features);
  const level =
    told +
    (inputTokens > 8_000 ? MORE.veryLong : inputTokens > 2_000 ? MORE.long : 0) +
    (turns > 6 ? MORE.turns : 0) +
    (needs.structuredOutput ? MORE.structure : 0);
  return level >= 1.5 ? "complex" : level >= 0.5 ? "medium" : "simple";
}
