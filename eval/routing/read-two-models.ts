import { z } from "zod";
import { checkRows, InputError, type RawRow, readRawCsv } from "../read-table.ts";

/** A question and how well each of two models answered it, 0..1. */
export interface TwoModelRow {
  readonly id: string;
  readonly text: string;
  readonly strong: number;
  readonly weak: number;
  /** Field, category or data set that the question belongs to. */
  readonly group: string;
}

/** A table of questions that two models answered. */
export interface TwoModelTable {
  readonly strongName: string;
  readonly weakName: string;
  readonly rows: readonly TwoModelRow[];
  /** Rows left out because the models may have known the answers. */
  readonly contaminated: number;
}

/** Kinds of tables of recorded answers, told apart by their columns. */
export type TableKind = "correct" | "turn scores" | "named scores" | "several models";

const number = z.string().min(1, "expected a number").pipe(z.coerce.number());
const share = number.pipe(z.number().min(0).max(1));
/** Some metrics go below zero for answers worse than none; these count as zero. */
const score = number.pipe(z.number().max(1)).transform((value) => Math.max(0, value));
const points = number.pipe(z.number().min(0).max(10));
const text = z.string().min(1);

/** Tells the kind of a table by its columns. @throws InputError with the columns that were found, where none fits */
export function kindOf(path: string, columns: readonly string[]): TableKind {
  const has = (...names: string[]): boolean => names.every((name) => columns.includes(name));
  if (has("prompt", "strong_correct", "weak_correct")) return "correct";
  if (has("turn1", "strong_score_t1", "weak_score_t1")) return "turn scores";
  if (has("model", "id", "correct", "input_tokens", "output_tokens", "latency_s")) return "several models";
  if (has("prompt") && scoredModels(columns).length === 2) return "named scores";
  throw new InputError(
    `${path}: columns "${columns.join(", ")}" are none of: prompt, strong_correct, weak_correct | turn1, turn2, strong_score_t1.. | ` +
      `prompt and two columns NAME_score | model, id, correct, input_tokens, output_tokens, latency_s`,
  );
}

/** Reads a table of two models; contaminated rows are counted and left out. @throws InputError */
export function readTwoModels(path: string): TwoModelTable {
  const { columns, rows } = readRawCsv(path);
  const kind = kindOf(path, columns);
  const clean = rows.filter(({ fields }) => fields["contaminated"] !== "1");
  if (clean.length === 0) throw new InputError(`${path}: no rows are left to measure`);
  const rest = { contaminated: rows.length - clean.length };
  switch (kind) {
    case "correct":
      return { strongName: "strong", weakName: "weak", rows: readCorrect(path, clean), ...rest };
    case "turn scores":
      return { strongName: "strong", weakName: "weak", rows: readTurns(path, clean), ...rest };
    case "named scores":
      return { ...readNamed(path, clean, scoredModels(columns)), ...rest };
    case "several models":
      throw new InputError(`${path}: holds several models a question; expected two`);
  }
}

function scoredModels(columns: readonly string[]): string[] {
  return columns.filter((column) => column.endsWith("_score")).map((column) => column.slice(0, -"_score".length));
}

function readCorrect(path: string, rows: readonly RawRow[]): TwoModelRow[] {
  const shape = z.object({
    id: z.string().default(""),
    prompt: text,
    strong_correct: share,
    weak_correct: share,
    domain: z.string().optional(),
  });
  return checkRows(path, rows, shape).map((row) => ({
    id: row.id,
    text: row.prompt,
    strong: row.strong_correct,
    weak: row.weak_correct,
    group: row.domain ?? "all",
  }));
}

function readTurns(path: string, rows: readonly RawRow[]): TwoModelRow[] {
  const shape = z.object({
    id: z.string().default(""),
    category: z.string().default("all"),
    turn1: text,
    turn2: z.string().default(""),
    strong_score_t1: points,
    strong_score_t2: points.optional(),
    weak_score_t1: points,
    weak_score_t2: points.optional(),
  });
  const quality = (first: number, second: number | undefined): number =>
    (second === undefined ? first : (first + second) / 2) / 10;
  return checkRows(path, rows, shape).map((row) => ({
    id: row.id,
    text: `${row.turn1}\n${row.turn2}`,
    strong: quality(row.strong_score_t1, row.strong_score_t2),
    weak: quality(row.weak_score_t1, row.weak_score_t2),
    group: row.category,
  }));
}

/** Of two named models, the one with the better mean is taken as the strong one. */
function readNamed(
  path: string,
  rows: readonly RawRow[],
  names: readonly string[],
): Omit<TwoModelTable, "contaminated"> {
  const [first = "", second = ""] = names;
  const shape = z.object({
    id: z.string().default(""),
    dataset: z.string().default("all"),
    prompt: text,
    [`${first}_score`]: score,
    [`${second}_score`]: score,
  });
  const read = checkRows(path, rows, shape) as unknown as Record<string, unknown>[];
  const scores = (name: string): number[] => read.map((row) => Number(row[`${name}_score`]));
  const total = (name: string): number => scores(name).reduce((sum, one) => sum + one, 0);
  const [strongName, weakName] = total(first) >= total(second) ? [first, second] : [second, first];
  const [strong, weak] = [scores(strongName), scores(weakName)];
  return {
    strongName,
    weakName,
    rows: read.map((row, index) => ({
      id: String(row["id"]),
      text: String(row["prompt"]),
      strong: strong[index] as number,
      weak: weak[index] as number,
      group: String(row["dataset"]),
    })),
  };
}
