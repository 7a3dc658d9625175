import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Microseconds of a part of deciding. */
export interface DecisionTiming {
  readonly p50: number;
  readonly p99: number;
}

/** Timings by what was timed. */
export type DecisionResult = Readonly<Record<string, DecisionTiming>>;

const LIMIT_MS = 180_000;

/** Times the pure decision among 50 models at 500 targets, in a process of its own. */
export async function measureDecision(): Promise<DecisionResult> {
  const program = new URL("decision-job.ts", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: LIMIT_MS });
  return JSON.parse(stdout) as DecisionResult;
}
