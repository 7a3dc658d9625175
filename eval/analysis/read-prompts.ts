import { type RawRow, InputError, readRawCsv, readRawJsonLines } from "../read-table.ts";
import { categoryOf } from "./label-names.ts";

/** A prompt with what people say it is. */
export interface LabelledPrompt {
  readonly text: string;
  /** Tools that come with it: name, description and JSON schema of the parameters. */
  readonly tools: readonly { readonly name: string; readonly description: string; readonly parametersJson: string }[];
  readonly category?: string;
  readonly complexity?: string;
  readonly language?: string;
}

/** Prompts of a file, and the labels that say nothing known with how often they stand. */
export interface LabelledPrompts {
  readonly prompts: readonly LabelledPrompt[];
  readonly unknown: ReadonlyMap<string, number>;
}

const COMPLEXITIES = new Set(["simple", "medium", "complex"]);

/** Reads a .jsonl or .csv file with a column prompt, question or turn1 and columns of labels. @throws InputError */
export function readPrompts(path: string): LabelledPrompts {
  const rows = path.endsWith(".csv") ? readRawCsv(path).rows : readRawJsonLines(path);
  if (rows.length === 0) throw new InputError(`${path}: the file has no rows`);
  const unknown = new Map<string, number>();
  const note = (label: string): void => void unknown.set(label, (unknown.get(label) ?? 0) + 1);
  return { prompts: rows.map((row) => readPrompt(path, row, note)), unknown };
}

function readPrompt(path: string, { line, fields }: RawRow, note: (label: string) => void): LabelledPrompt {
  const column = ["prompt", "question", "turn1"].find(
    (name) => typeof fields[name] === "string" && fields[name] !== "",
  );
  if (column === undefined)
    throw new InputError(`${path}:${line}: column "prompt": no text in prompt, question or turn1`);
  const functions = functionsOf(fields["functions"]);
  const category = readCategory(fields, functions.length > 0, note);
  const complexity = textOf(fields["complexity"])?.toLowerCase();
  if (complexity !== undefined && !COMPLEXITIES.has(complexity)) note(`complexity: ${complexity}`);
  const language = textOf(fields["language"])?.toLowerCase();
  return {
    text: String(fields[column]),
    tools: functions.map(toTool),
    ...(category !== undefined && { category }),
    ...(complexity !== undefined && COMPLEXITIES.has(complexity) && { complexity }),
    ...(language !== undefined && { language }),
  };
}

/** The finer label counts where it is known: "hard_prompt" says how a prompt was collected, not what it asks. */
function readCategory(
  fields: RawRow["fields"],
  hasFunctions: boolean,
  note: (label: string) => void,
): string | undefined {
  const labels = ["subcategory", "category"].flatMap((name) => textOf(fields[name]) ?? []);
  for (const label of labels) {
    const category = categoryOf(label, hasFunctions);
    if (category !== undefined) return category;
  }
  if (labels.length > 0) note(`category: ${labels.join(" / ")}`);
  return undefined;
}

/** Functions as an array, as one object, or as JSON text of these. */
function functionsOf(value: unknown): readonly unknown[] {
  if (typeof value === "string" && /^\s*[[{]/.test(value)) {
    try {
      return functionsOf(JSON.parse(value));
    } catch {
      return [];
    }
  }
  if (Array.isArray(value)) return value;
  return typeof value === "object" && value !== null ? [value] : [];
}

function toTool(value: unknown): LabelledPrompt["tools"][number] {
  const { name, description, parameters } = (value ?? {}) as Record<string, unknown>;
  return {
    name: String(name ?? ""),
    description: String(description ?? ""),
    parametersJson: JSON.stringify(parameters ?? {}),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
