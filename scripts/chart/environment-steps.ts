import { join } from "node:path";
import { compareGolden, difference } from "./compare-golden.ts";
import { kubeconformFlags, linters } from "./linters.ts";
import { CHART, GOLDENS, OPTIONS } from "./paths.ts";
import { render } from "./render.ts";
import type { Rendering } from "./render.ts";
import { outputOf } from "../tools/run-tool.ts";
import { StepFailure } from "./step.ts";
import type { Step } from "./step.ts";
import type { Tools } from "./tools.ts";

/** The checks of what the chart becomes with the values of one environment. */
export function environmentSteps(environment: string, tools: Tools, update: boolean): Step[] {
  const { helm } = tools.programs;
  const values = join(CHART, `values-${environment}.yaml`);
  let rendering: Promise<Rendering> | undefined;
  const rendered = () => (rendering ??= render(helm, values));
  const steps: Step[] = [
    { name: "helm lint", run: async () => void (await outputOf(helm, ["lint", "--strict", "--values", values, CHART])) },
    { name: "renders the same twice", run: async () => sameTwice(helm, values, await rendered()) },
    { name: "golden", run: async () => compareGolden(join(GOLDENS, `${environment}.yaml`), await rendered(), update) },
    ...linters(environment, tools).map(({ name, program, flags }) => ({
      name,
      run: async () => void (await outputOf(program, flags((await rendered()).file))),
    })),
  ];
  return steps.map(({ name, run }) => ({ name: `${environment}: ${name}`, run }));
}

/** The same as far as it is of use for options that no environment has: a cluster for them is asked in test/cluster. */
export function optionSteps({ programs, schemaLocation }: Tools): Step[] {
  const rendered = () => render(programs.helm, OPTIONS);
  return [
    { name: "options: helm lint", run: async () => void (await outputOf(programs.helm, ["lint", "--strict", "--values", OPTIONS, CHART])) },
    { name: "options: kubeconform", run: async () => void (await outputOf(programs.kubeconform, kubeconformFlags(schemaLocation, (await rendered()).file))) },
  ];
}

async function sameTwice(helm: string, values: string, first: Rendering): Promise<void> {
  const second = await render(helm, values);
  if (second.text !== first.text) throw new StepFailure(await difference(first.file, second.file));
}
