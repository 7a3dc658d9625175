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
  const { output } = await endOf("diff", ["--unified=2", golden, actual.file]);
  const lines = output.split("\n");
  const rest = lines.length > SHOWN_LINES ? `\n... and ${lines.length - SHOWN_LINES} lines more` : "";
  throw new StepFailure(`${lines.slice(0, SHOWN_LINES).join("\n")}${rest}\nIf that is meant: pnpm test:chart --update, and look at the difference.`);
}
