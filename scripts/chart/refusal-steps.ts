import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { linters } from "./linters.ts";
import { configuration, REFUSED } from "./paths.ts";
import { templateFlags } from "./render.ts";
import { endOf } from "../tools/run-tool.ts";
import { StepFailure } from "./step.ts";
import type { Step } from "./step.ts";
import type { Tools } from "./tools.ts";

const EXPECTED = /^# refused: (.+)$/m;

/** Values that must not be taken: each file of test/chart/refused says in its first line which words Helm must refuse it with. */
export function refusalSteps(helm: string): Step[] {
  return readdirSync(REFUSED)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => ({ name: `refused: ${file.replace(/\.yaml$/, "")}`, run: () => isRefused(helm, join(REFUSED, file)) }));
}

async function isRefused(helm: string, file: string): Promise<void> {
  const expected = EXPECTED.exec(readFileSync(file, "utf8"))?.[1];
  if (expected === undefined) throw new StepFailure("its first line has to be: # refused: <words of the message>");
  const { status, errors } = await endOf(helm, templateFlags(file));
  if (status === 0) throw new StepFailure("it was rendered");
  if (!errors.includes(expected)) throw new StepFailure(`refused, but without "${expected}":\n${errors}`);
}

/** An object that every linter has to refuse, with the waivers of production: one that looks at nothing would let it pass. */
export function linterSteps(tools: Tools): Step[] {
  const file = configuration("bad-deployment.yaml");
  return linters("production", tools).map(({ name, program, flags }) => ({
    name: `${name} refuses a bad Deployment`,
    run: async () => {
      const { status, output, errors } = await endOf(program, flags(file));
      if (status === 0 || !`${output}${errors}`.includes("bad")) throw new StepFailure(`status ${status}\n${output}${errors}`);
    },
  }));
}
