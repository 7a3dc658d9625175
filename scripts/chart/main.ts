import { environmentSteps, optionSteps } from "./environment-steps.ts";
import { linterSteps, refusalSteps } from "./refusal-steps.ts";
import { sourceSteps } from "./source-steps.ts";
import { runSteps } from "./step.ts";
import { installChartTools } from "./tools.ts";

// `pnpm test:chart` checks the chart; `pnpm test:chart --update` writes its goldens anew first.
const update = process.argv.includes("--update");
const tools = installChartTools();
const environments = ["dev", "staging", "production"];
const steps = [
  ...environments.flatMap((environment) => environmentSteps(environment, tools, update)),
  ...optionSteps(tools),
  ...sourceSteps(tools),
  ...linterSteps(tools),
  ...refusalSteps(tools.programs.helm),
];
const { passed, failed } = await runSteps(steps, (text) => process.stdout.write(text));
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
