import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { difference } from "./compare-golden.ts";
import { CHART, configuration, inRepository } from "./paths.ts";
import { outputOf } from "../tools/run-tool.ts";
import { StepFailure } from "./step.ts";
import type { Step } from "./step.ts";
import type { Tools } from "./tools.ts";

const RULES = join(CHART, "files/prometheus");

/** The checks of the sources themselves, in no environment. */
export function sourceSteps({ programs }: Tools): Step[] {
  const run = (program: string, flags: readonly string[]) => async () => void (await outputOf(program, flags));
  return [
    { name: "helm-unittest", run: run(programs["helm-unittest"], ["--strict", CHART]) },
    { name: "promtool check rules", run: run(programs.promtool, ["check", "rules", "--lint=all", "--lint-fatal", join(RULES, "alerts.yaml")]) },
    { name: "promtool test rules", run: run(programs.promtool, ["test", "rules", join(RULES, "alerts.test.yaml")]) },
    { name: "hadolint", run: run(programs.hadolint, ["--config", configuration("hadolint.yaml"), inRepository("deploy/docker/Dockerfile")]) },
    { name: "README.md of the chart is up to date", run: () => unchanged("README.md", (chart) => outputOf(programs["helm-docs"], ["--chart-search-root", chart])) },
    { name: "values.schema.json is up to date", run: run(process.execPath, [inRepository("scripts/generate-chart-schema.ts"), "--check"]) },
  ];
}

/** Makes a file anew in a copy of the chart and compares it. */
async function unchanged(file: string, make: (chart: string) => Promise<unknown>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-chart-"));
  try {
    const copy = join(folder, "fairlead");
    cpSync(CHART, copy, { recursive: true });
    await make(copy);
    const changes = await difference(join(CHART, file), join(copy, file));
    if (changes !== "") throw new StepFailure(changes);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
