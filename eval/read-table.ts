import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { z } from "zod";

/** A table cannot be used; the message says where and why. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** One line of a file that holds one record each line, before its fields are checked. */
export interface RawRow {
  /** Line of the file on which the record starts, from 1. */
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Reads a CSV file with a header line and checks each row.
 * @throws InputError with file, line and column name where the file or a value cannot be used
 */
export function readCsv<T>(path: string, row: z.ZodType<T>): T[] {
  return checkRows(path, readRawCsv(path).rows, row);
}

/**
 * Reads a file of one JSON object a line and checks each.
 * @throws InputError with file, line and column name where the file or a value cannot be used
 */
export function readJsonLines<T>(path: string, row: z.ZodType<T>): T[] {
  return checkRows(path, readRawJsonLines(path), row);
}

/** Reads a CSV file without checking its values: its columns and its rows as texts. */
export function readRawCsv(path: string): { readonly columns: readonly string[]; readonly rows: readonly RawRow[] } {
  const text = readText(path);
  let columns: readonly string[] = [];
  try {
    const header = (names: string[]): string[] => [...(columns = names)];
    const records = parse(text, { columns: header, bom: true, skip_empty_lines: true, info: true, relax_quotes: true });
    if (columns.length === 0) throw new InputError(`${path}: the file has no header line`);
    return { columns, rows: linesOf(text, records) };
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path}: ${(error as { readonly message?: string }).message ?? String(error)}`, {
      cause: error,
    });
  }
}

/** The parser tells on which line a record ends; it starts on the line after the one before it. */
function linesOf(text: string, records: unknown): RawRow[] {
  const parsed = records as readonly { record: Record<string, string>; info: { lines: number } }[];
  const firstLine = text.split("\n", 1).length + 1;
  return parsed.map(({ record }, index) => ({
    line: index === 0 ? firstLine : (parsed[index - 1]?.info.lines ?? 0) + 1,
    fields: record,
  }));
}

/** Reads a file of one JSON object a line without checking its values. */
export function readRawJsonLines(path: string): RawRow[] {
  const lines = readText(path).split("\n");
  return lines.flatMap((text, index) =>
    text.trim() === "" ? [] : [{ line: index + 1, fields: parseObject(path, index + 1, text) }],
  );
}

function parseObject(path: string, line: number, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}:${line}: not a JSON object`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InputError(`${path}:${line}: not a JSON object`);
  return value as Record<string, unknown>;
}

/** Checks rows that were read before. */
export function checkRows<T>(path: string, rows: readonly RawRow[], row: z.ZodType<T>): T[] {
  return rows.map(({ line, fields }) => {
    const result = row.safeParse(fields);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    const column = issue?.path.join(".") ?? "";
    throw new InputError(`${path}:${line}: column "${column}": ${issue?.message ?? "cannot be used"}`);
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code = "unreadable" } = error as { readonly code?: string };
    throw new InputError(`${path}: cannot be read (${code})`, { cause: error });
  }
}
