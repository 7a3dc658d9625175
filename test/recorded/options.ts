import { parseArgs } from "node:util";

/** What a run is told. */
export interface Options {
  readonly folder: string;
  /** Plays only what has this in its id, provider or API. Undefined: all. */
  readonly only: RegExp | undefined;
  readonly seed: number;
  /** File that the results are written to as JSON. Undefined: none. */
  readonly json: string | undefined;
}

export const HELP = `Plays recorded exchanges with providers to a mesh and checks what comes of them.

Usage: pnpm test:recorded DIR [--only PATTERN] [--seed N] [--json FILE]

  DIR             folder with *.jsonl (exchanges), bodies/*.jsonl (answers alone), error-bodies.jsonl
  --only PATTERN  only recordings whose id, provider or API matches the regular expression
  --seed N        seed of the random slices, 0 to 4294967295; drawn and printed where it is not given
  --json FILE     writes the results to a file as well
  --help          this text

Ends with 0 when all passed, 1 when anything failed, 2 for a folder or file that cannot be used.
`;

/** A command line that cannot be understood. */
export class UsageError extends Error {}

/**
 * Reads the command line.
 *
 * @returns undefined where help is asked for
 * @throws UsageError
 */
export function readOptions(line: readonly string[], drawSeed: () => number): Options | undefined {
  const { values, positionals } = parsed(line);
  if (values.help === true) return undefined;
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new UsageError("expected one folder");
  const seed = values.seed === undefined ? drawSeed() : Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff)
    throw new UsageError("--seed: expected a whole number from 0 to 4294967295");
  return { folder, only: pattern(values.only), seed, json: values.json };
}

function parsed(line: readonly string[]) {
  try {
    const options = {
      only: { type: "string" },
      seed: { type: "string" },
      json: { type: "string" },
      help: { type: "boolean" },
    } as const;
    return parseArgs({ args: [...line], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function pattern(source: string | undefined): RegExp | undefined {
  if (source === undefined) return undefined;
  try {
    return new RegExp(source);
  } catch {
    throw new UsageError("--only: expected a regular expression");
  }
}
