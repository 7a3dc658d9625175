import { parseArgs } from "node:util";
import { SHAPE_NAMES, type ShapeName } from "./shapes.ts";

/** What a run was asked for. */
export interface BenchOptions {
  /** Length of each measured phase. */
  readonly seconds: number;
  /** Shapes to measure; `direct` is always among them, since all others are held against it. */
  readonly only: readonly ShapeName[];
  /** Where the results are written. */
  readonly file: string;
}

const MAX_SECONDS = 120;

/**
 * Reads the command line.
 *
 * @throws Error that says which option is wrong
 */
export function readOptions(args: readonly string[], now: Date): BenchOptions {
  const given = args[0] === "--" ? args.slice(1) : [...args];
  const { values } = parseArgs({
    args: given,
    options: { seconds: { type: "string", default: "5" }, only: { type: "string" }, json: { type: "string" } },
  });
  const seconds = Number(values.seconds);
  if (!(seconds >= 1 && seconds <= MAX_SECONDS)) throw new Error(`--seconds: from 1 to ${MAX_SECONDS}`);
  const stamp = now.toISOString().replaceAll(":", "-").replace(/\..*/, "Z");
  const file = values.json ?? new URL(`results/${stamp}.json`, import.meta.url).pathname;
  return { seconds, only: namesOf(values.only), file };
}

function namesOf(list: string | undefined): readonly ShapeName[] {
  if (list === undefined) return SHAPE_NAMES;
  const names = list.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !SHAPE_NAMES.some((known) => known === name));
  if (wrong !== undefined) throw new Error(`--only: no shape ${wrong}; there are ${SHAPE_NAMES.join(", ")}`);
  return SHAPE_NAMES.filter((name) => name === "direct" || names.includes(name));
}
