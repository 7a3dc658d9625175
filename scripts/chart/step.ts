import { availableParallelism } from "node:os";
import { ToolFailure } from "../tools/run-tool.ts";

/** One named check. It passes when `run` ends, and fails with what `run` throws. */
export interface Step {
  readonly name: string;
  run(): Promise<void>;
}

/** Why a step failed, in words for people. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";
}

/**
 * Runs every step, some at once, and says in their order how each went.
 *
 * @returns how many passed and failed
 */
export async function runSteps(steps: readonly Step[], say: (text: string) => void): Promise<{ passed: number; failed: number }> {
  const outcomes: Promise<string | undefined>[] = [];
  const idle = Array.from({ length: availableParallelism() }, () => Promise.resolve<unknown>(undefined));
  for (const [index, step] of steps.entries()) {
    const lane = index % idle.length;
    const outcome = (idle[lane] ?? Promise.resolve()).then(() => failureOf(step));
    idle[lane] = outcome;
    outcomes.push(outcome);
  }
  let failed = 0;
  for (const [index, step] of steps.entries()) {
    const failure = await outcomes[index];
    say(failure === undefined ? `ok      ${step.name}\n` : `FAILED  ${step.name}\n${indent(failure)}\n`);
    if (failure !== undefined) failed += 1;
  }
  return { passed: steps.length - failed, failed };
}

async function failureOf(step: Step): Promise<string | undefined> {
  try {
    await step.run();
    return undefined;
  } catch (error) {
    if (error instanceof StepFailure || error instanceof ToolFailure) return error.message;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "        ");
}
