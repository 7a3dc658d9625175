import { create } from "@bufbuild/protobuf";
import { type Analysis, AnalysisSchema } from "@fairlead/contracts/routing/v1/decision";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { InputError, readCsv, readJsonLines } from "../../read-table.ts";
import { analyzePrompt } from "./analyze-prompt.ts";

/** What a model made of a case. */
export interface Result {
  /** How right the answer was, 0 to 1. */
  readonly correct: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanoUsd: number;
  readonly latencyMs: number;
}

/** A question that every model answered. */
export interface Case {
  readonly id: string;
  /** As the table names it. */
  readonly category: string;
  /** What the product finds out about the prompt before it is sent. */
  readonly analysis: Analysis;
  /** One for each model, in the order of the models. */
  readonly results: readonly Result[];
}

/** A model with its list price in dollars for a million tokens. */
export interface Model {
  readonly name: string;
  readonly priceIn: number;
  readonly priceOut: number;
}

/** A table of outcomes of several models on the same cases. */
export interface Outcomes {
  readonly models: readonly Model[];
  readonly cases: readonly Case[];
  /** What was read, in sentences for people. */
  readonly notes: readonly string[];
}

/** Where a table lies; what is absent is looked for beside the outcomes. */
export interface OutcomeFiles {
  readonly outcomes: string;
  readonly prompts?: string;
  readonly models?: string;
}

const number = z.string().min(1, "expected a number").pipe(z.coerce.number());
const OutcomeRow = z.object({
  model: z.string().min(1),
  category: z.string().min(1),
  id: z.string().min(1),
  correct: number.pipe(z.number().min(0).max(1)),
  input_tokens: number.pipe(z.number().min(0)),
  output_tokens: number.pipe(z.number().min(0)),
  latency_s: number.pipe(z.number().min(0)),
});
const ModelRow = z.object({
  model: z.string().min(1),
  price_in: number.pipe(z.number().min(0)),
  price_out: number.pipe(z.number().min(0)),
});
const PromptRow = z.object({ id: z.string().min(1), question: z.unknown(), functions: z.unknown().optional() });

type OutcomeRow = z.infer<typeof OutcomeRow>;

/**
 * Reads a table of outcomes with prices and, where there are any, prompts.
 * @throws InputError where a file or a value cannot be used, or no prices are there
 */
export function readOutcomes(files: OutcomeFiles): Outcomes {
  const rows = readCsv(files.outcomes, OutcomeRow);
  const models = readModels(files, new Set(rows.map(({ model }) => model)));
  const { prompts, note } = readPrompts(files);
  const byId = Map.groupBy(rows, ({ id }) => id);
  const complete = [...byId.values()].filter((own) => new Set(own.map(({ model }) => model)).size === models.length);
  if (complete.length < 20)
    throw new InputError(
      `${files.outcomes}: only ${complete.length} cases were answered by all ${models.length} models; 20 are needed`,
    );
  const usual = usualAnalysis([...prompts.values()]);
  const cases = complete.map((own) => toCase(own, models, prompts, usual));
  const notes = [
    `${files.outcomes}: ${rows.length} rows, ${models.length} models, ${cases.length} cases answered by all of them (${byId.size - cases.length} left out).`,
    note,
    `${cases.filter(({ id }) => !prompts.has(id)).length} cases have no prompt; they are taken to be of the usual size.`,
  ];
  return { models, cases, notes };
}

function readModels(files: OutcomeFiles, names: ReadonlySet<string>): Model[] {
  const path = files.models ?? join(dirname(files.outcomes), "models.csv");
  if (!existsSync(path)) {
    throw new InputError(
      `${path}: not there. Prices are needed: a file with the columns model, price_in and price_out (dollars for a million tokens).`,
    );
  }
  const prices = new Map(readCsv(path, ModelRow).map((row) => [row.model, row]));
  return [...names].sort().map((name) => {
    const row = prices.get(name);
    if (row === undefined) throw new InputError(`${path}: column "model": no price for ${name}`);
    return { name, priceIn: row.price_in, priceOut: row.price_out };
  });
}

function readPrompts(files: OutcomeFiles): { readonly prompts: ReadonlyMap<string, Analysis>; readonly note: string } {
  const path = files.prompts ?? join(dirname(files.outcomes), "prompts.jsonl");
  if (files.prompts === undefined && !existsSync(path)) {
    return { prompts: new Map(), note: `${path}: not there, so that no request could be analysed before the call.` };
  }
  const rows = readJsonLines(path, PromptRow);
  const prompts = new Map(rows.map((row) => [row.id, analyzePrompt(row.question, row.functions)]));
  return { prompts, note: `${path}: ${rows.length} prompts, analysed as the router does.` };
}

/** Stands in for a prompt that is not there: sizes are the mean of those that are, words what is most common. */
function usualAnalysis(all: readonly Analysis[]): Analysis {
  const mean = (pick: (one: Analysis) => number, otherwise: number) =>
    all.length === 0 ? otherwise : all.reduce((sum, one) => sum + pick(one), 0) / all.length;
  const common = (pick: (one: Analysis) => string, otherwise: string) =>
    [...Map.groupBy(all, pick)].sort((a, b) => b[1].length - a[1].length)[0]?.[0] ?? otherwise;
  return create(AnalysisSchema, {
    category: common((one) => one.category, "conversation"),
    complexity: common((one) => one.complexity, "medium"),
    inputTokens: Math.round(mean((one) => one.inputTokens, 500)),
    outputTokens: Math.round(mean((one) => one.outputTokens, 128)),
    maxInputTokens: Math.round(mean((one) => one.maxInputTokens, 2_000)),
    difficulty: mean((one) => one.difficulty, 0.5),
  });
}

function toCase(
  rows: readonly OutcomeRow[],
  models: readonly Model[],
  prompts: ReadonlyMap<string, Analysis>,
  usual: Analysis,
): Case {
  const [first] = rows as [OutcomeRow];
  const results = models.map((model): Result => {
    const row = rows.find((one) => one.model === model.name) as OutcomeRow;
    return {
      correct: row.correct,
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      // A dollar for a million tokens is a thousand nano-dollars for one.
      costNanoUsd: Math.round(1_000 * (row.input_tokens * model.priceIn + row.output_tokens * model.priceOut)),
      latencyMs: 1_000 * row.latency_s,
    };
  });
  return { id: first.id, category: first.category, analysis: prompts.get(first.id) ?? usual, results };
}
