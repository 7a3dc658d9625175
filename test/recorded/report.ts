import { brief } from "./json.ts";
import type { Result } from "./run.ts";

/** Results of one kind of one provider. */
interface Row {
  readonly provider: string;
  readonly kind: string;
  passed: number;
  failed: number;
  notCarried: number;
}

const COLUMNS = ["provider", "kind", "passed", "failed", "not carried"] as const;

/** The results as a person reads them: a table, what is not carried and why, and each failure. */
export function toText(results: readonly Result[], seed: number): string {
  const rows = toRows(results);
  const total = sum(rows);
  const lines = [[...COLUMNS], ...rows.map(cells), cells({ provider: "all", kind: "", ...total })];
  const failed = results.filter(({ outcome }) => outcome === "failed");
  return [
    ...aligned(lines),
    "",
    ...reasons(results),
    ...failed.flatMap(({ id, kind, failures }) => [
      `${id} (${kind})`,
      ...failures.map(({ check, detail, played }) => `  ${check} [${played.join(", ")}]: ${brief(detail, MOST_DETAIL)}`),
    ]),
    ...(failed.length === 0 ? [] : [""]),
    `${total.passed} passed, ${total.failed} failed, ${total.notCarried} not carried; seed ${seed}`,
    "",
  ].join("\n");
}

/** The same for programs. */
export function toJson(results: readonly Result[], seed: number): string {
  const rows = toRows(results);
  return `${JSON.stringify({ seed, ...sum(rows), rows, results }, null, 2)}\n`;
}

/** Characters of a difference at most: no bodies are shown. */
const MOST_DETAIL = 200;

function toRows(results: readonly Result[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { provider, kind, outcome } of results) {
    const key = `${provider} ${kind}`;
    const row = rows.get(key) ?? { provider, kind, passed: 0, failed: 0, notCarried: 0 };
    rows.set(key, row);
    if (outcome === "passed") row.passed += 1;
    else if (outcome === "failed") row.failed += 1;
    else row.notCarried += 1;
  }
  return [...rows.values()].sort((a, b) => (`${a.provider} ${a.kind}` < `${b.provider} ${b.kind}` ? -1 : 1));
}

function sum(rows: readonly Row[]): Pick<Row, "passed" | "failed" | "notCarried"> {
  const of = (key: "passed" | "failed" | "notCarried") => rows.reduce((before, row) => before + row[key], 0);
  return { passed: of("passed"), failed: of("failed"), notCarried: of("notCarried") };
}

function cells({ provider, kind, passed, failed, notCarried }: Row): string[] {
  return [provider, kind, ...[passed, failed, notCarried].map((number) => (number === 0 ? "-" : String(number)))];
}

function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

function reasons(results: readonly Result[]): string[] {
  const lines = new Set(
    results.filter(({ outcome }) => outcome === "not carried").map(({ kind, reason }) => `not carried: ${kind}: ${reason}`),
  );
  return lines.size === 0 ? [] : [...lines, ""];
}
