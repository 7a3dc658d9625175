import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { endOf } from "../tools/run-tool.ts";
import { StepFailure } from "./step.ts";

const SHOWN_LINES = 60;

/**
 * Holds a text against a file that was looked at and committed; `update` writes the file instead.
 *
 * @throws StepFailure with the difference
 */
export async function compareGolden(golden: string, actual: { readonly text: string; readonly file: string }, update: boolean): Promise<void> {
  if (update) {
    mkdirSync(dirname(golden), { recursive: true });
    writeFileSync(golden, actual.text);
  }
  if (!existsSync(golden)) throw new StepFailure(`there is no ${golden}; write it with: pnpm test:chart --update`);
  if (readFileSync(golden, "utf8") === actual.text) return;
  throw new StepFailure(`${await difference(golden, actual.file)}\nIf that is meant: pnpm test:chart --update, and look at the difference.`);
}

/** How two files differ, at not too great a length. */
export async function difference(one: string, other: string): Promise<string> {
  const { output } = await endOf("diff", ["--unified=2", one, other]);
  const lines = output.split("\n");
  const rest = lines.length > SHOWN_LINES ? [`... and ${lines.length - SHOWN_LINES} lines more`] : [];
  return [...lines.slice(0, SHOWN_LINES), ...rest].join("\n");
}
