import Table from "cli-table3";
import { intervalOf, type Measured } from "./measure-steps.ts";

/** A table for people on the standard output. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [] },
    colAligns: head.map((_, index) => (index === 0 ? "left" : "right")),
  });
  for (const row of rows) table.push([...row]);
  process.stdout.write(`${table.toString()}\n`);
}

/** A line of text on the standard output. */
export function printLine(text = ""): void {
  process.stdout.write(`${text}\n`);
}

export const MEASURED_HEAD = [
  "",
  "accuracy",
  "$ per 1,000 calls",
  "$ per 1,000 right",
  "latency ms",
  "reward",
  "explored",
] as const;

/** Means over passes of what requests came to. */
export function measuredRow(name: string, all: readonly Measured[]): string[] {
  const mean = (pick: (one: Measured) => number) => intervalOf(all.map(pick)).mean;
  return [
    name,
    percent(mean((one) => one.accuracy)),
    mean((one) => one.costPerThousand).toFixed(3),
    mean((one) => one.costPerThousandRight).toFixed(3),
    mean((one) => one.latencyMs).toFixed(0),
    mean((one) => one.reward).toFixed(4),
    percent(mean((one) => one.explored)),
  ];
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Mean and interval of changes by a share, such as "-20.1 % ± 1.2". */
export function changeText(changes: readonly number[]): string {
  const { mean, half } = intervalOf(changes);
  return `${mean >= 0 ? "+" : ""}${(100 * mean).toFixed(1)} % ± ${(100 * half).toFixed(1)}`;
}

/** Mean and interval of differences in points of a hundred. */
export function pointsText(differences: readonly number[]): string {
  const { mean, half } = intervalOf(differences);
  return `${mean >= 0 ? "+" : ""}${(100 * mean).toFixed(1)} ± ${(100 * half).toFixed(1)} points`;
}
