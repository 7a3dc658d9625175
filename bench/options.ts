import { parseArgs } from "node:util";
import { SHAPE_NAMES, type ShapeName } from "./shapes.ts";

/** What a run was asked for. */
export interface BenchOptions {
  /** Length of each measured phase. */
  readonly seconds: number;
  /** Shapes to measure; `direct` is always among them, since all others are held against it. */
  readonly only: readonly ShapeName[];
  /** Whether the pure decision is timed as well. */
  readonly decision: boolean;
  /** Where the results are written. */
  readonly file: string;
}

const MAX_SECONDS = 120;
/** What names the timing of the pure decision among the shapes. */
const DECISION = "decision";

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
  return { seconds, ...namesOf(values.only), file };
}

function namesOf(list: string | undefined): Pick<BenchOptions, "only" | "decision"> {
  if (list === undefined) return { only: SHAPE_NAMES, decision: true };
  const names = list.split(",").map((name) => name.trim());
  const known: readonly string[] = [DECISION, ...SHAPE_NAMES];
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new Error(`--only: no shape ${wrong}; there are ${known.join(", ")}`);
  const shapes = SHAPE_NAMES.filter((name) => names.includes(name));
  const only = shapes.length === 0 ? [] : SHAPE_NAMES.filter((name) => name === "direct" || names.includes(name));
  return { only, decision: names.includes(DECISION) };
}
