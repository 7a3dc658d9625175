import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { CHART } from "./paths.ts";
import { outputOf } from "../tools/run-tool.ts";

/** The flags of Helm for one values file, or for the chart's own values. */
export function templateFlags(values?: string): string[] {
  return ["template", "fairlead", CHART, "--namespace", "fairlead", ...(values === undefined ? [] : ["--values", values])];
}

/** What the chart becomes with some values. */
export interface Rendering {
  readonly text: string;
  /** A file with that text. */
  readonly file: string;
}

/** Renderings live as long as the process. */
const FOLDER = mkdtempSync(join(tmpdir(), "fairlead-chart-"));
process.once("exit", () => rmSync(FOLDER, { recursive: true, force: true }));
let renderings = 0;

/**
 * Renders the chart with one values file into a file.
 *
 * @throws ToolFailure with Helm's words
 */
export async function render(helm: string, values: string): Promise<Rendering> {
  const text = await outputOf(helm, templateFlags(values));
  const file = join(FOLDER, `${++renderings}-${basename(values)}`);
  writeFileSync(file, text);
  return { text, file };
}
