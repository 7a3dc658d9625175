import { writeFileSync } from "node:fs";
import { HELP, type Options, readOptions, UsageError } from "./options.ts";
import { FolderError, readFolder } from "./read-folder.ts";
import type { Recording } from "./recording.ts";
import { toJson, toText } from "./report.ts";
import { runRecordings } from "./run.ts";

/** Where a program writes. */
export interface Output {
  out(text: string): void;
  error(text: string): void;
}

/**
 * Runs the command.
 *
 * @returns status to end with: 0 all passed, 1 something failed, 2 the folder, a file or the command line cannot be used
 */
export async function runProgram(line: readonly string[], output: Output): Promise<number> {
  try {
    const options = readOptions(line, () => Math.floor(Math.random() * 0x1_0000_0000));
    if (options === undefined) {
      output.out(HELP);
      return 0;
    }
    return await run(options, output);
  } catch (error) {
    if (!(error instanceof FolderError) && !(error instanceof UsageError)) throw error;
    output.error(`${error.message}\n`);
    return 2;
  }
}

async function run({ folder, only, seed, json }: Options, output: Output): Promise<number> {
  const recordings = readFolder(folder).filter((recording) => only === undefined || matches(recording, only));
  const results = await runRecordings(recordings, seed);
  output.out(toText(results, seed));
  if (json !== undefined) writeFileSync(json, toJson(results, seed));
  return results.some(({ outcome }) => outcome === "failed") ? 1 : 0;
}

function matches({ id, provider, api }: Recording, only: RegExp): boolean {
  return only.test(id) || only.test(provider) || only.test(api);
}
