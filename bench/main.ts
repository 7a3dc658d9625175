import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { formatReport } from "./format-report.ts";
import { type DecisionResult, measureDecision } from "./measure-decision.ts";
import { describeMachine } from "./machine.ts";
import { measureShape, type ShapeResult } from "./measure-shape.ts";
import { type BenchOptions, readOptions } from "./options.ts";
import { type BenchReport, describeMethod } from "./report.ts";
import { startSimulator } from "./simulator.ts";

// Whatever runs is ended with this process: see leave-nothing.ts.
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

const now = new Date();
const options = given();
const machine = describeMachine(now);
const report: BenchReport = { machine, method: describeMethod(options), ...(await measureAll(options)) };
await mkdir(dirname(options.file), { recursive: true });
await writeFile(options.file, `${JSON.stringify(report, null, 2)}\n`);
process.stdout.write(`\n${formatReport(report)}\nwritten to ${options.file}\n`);
process.exit(Object.keys(report.failures).length === 0 ? 0 : 1);

function given(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2), now);
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\nusage: bench [--seconds N] [--only shape,shape] [--json FILE]\n`);
    process.exit(2);
  }
}

async function measureAll({ only, decision, seconds }: BenchOptions): Promise<Pick<BenchReport, "decision" | "results" | "failures">> {
  const results: ShapeResult[] = [];
  const failures: Record<string, string> = {};
  const timings = decision ? await timeDecision(failures) : {};
  if (only.length === 0) return { decision: timings, results, failures };
  const simulator = await startSimulator();
  for (const shape of only) {
    process.stderr.write(`measuring ${shape}\n`);
    try {
      results.push(await measureShape(shape, simulator, seconds));
    } catch (error) {
      failures[shape] = reasonOf(error);
    }
  }
  await simulator.close();
  return { decision: timings, results, failures };
}

async function timeDecision(failures: Record<string, string>): Promise<DecisionResult> {
  process.stderr.write("measuring decision\n");
  try {
    return await measureDecision();
  } catch (error) {
    failures["decision"] = reasonOf(error);
    return {};
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
