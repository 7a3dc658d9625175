import { type ChildProcess, fork } from "node:child_process";
import type { LoadJob, LoadReport, LoadResult } from "./load-job.ts";
import { type NamedProcess, watchCpu } from "./process-usage.ts";
import { endWithUs, stopChild } from "./start-program.ts";

/** What a phase showed. */
export interface Phase extends LoadResult {
  readonly job: Omit<LoadJob, "door">;
  /** CPU microseconds for each answer, user and system, by process of the shape. */
  readonly cpuMicroseconds: Readonly<Record<string, number>>;
  /** The same for what only measures: the load generator and the simulated provider. */
  readonly aroundMicroseconds: Readonly<Record<string, number>>;
}

/** A load generator in a process of its own. */
export interface LoadGenerator {
  /** Runs a job and watches what processes spend on it. */
  run(job: LoadJob, shape: readonly NamedProcess[], around: readonly NamedProcess[]): Promise<Phase>;
  close(): Promise<void>;
}

/** Seconds that a job may take beyond its own time. */
const GRACE_SECONDS = 30;

/** Starts a load generator. */
export function startLoadGenerator(): LoadGenerator {
  const child = fork(new URL("load-generator.ts", import.meta.url).pathname, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  if (child.pid !== undefined) endWithUs(child.pid);
  const itself: NamedProcess = { name: "load-generator", pid: child.pid ?? 0 };
  return {
    run: (job, shape, around) => runJob(child, job, shape, [itself, ...around]),
    close: () => stopChild(child),
  };
}

function runJob(child: ChildProcess, job: LoadJob, shape: readonly NamedProcess[], around: readonly NamedProcess[]): Promise<Phase> {
  return new Promise((resolve, reject) => {
    let watched = [watchCpu(shape), watchCpu(around)] as const;
    let spent: readonly Record<string, number>[] = [{}, {}];
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      child.off("message", onReport);
      child.off("exit", onExit);
      finish();
    };
    const fail = (reason: string) => settle(() => reject(new Error(`the load generator: ${reason}`)));
    const onExit = () => fail("it ended");
    const onReport = (report: LoadReport) => {
      if (report.kind === "began") watched = [watchCpu(shape), watchCpu(around)];
      else if (report.kind === "ended") spent = watched.map((read) => read());
      else if (report.kind === "failed") fail(report.reason);
      else settle(() => resolve(phaseOf(job, report.result, spent)));
    };
    const timer = setTimeout(() => fail("it took too long"), (job.warmUpSeconds + job.seconds + GRACE_SECONDS) * 1000);
    child.on("message", onReport);
    child.once("exit", onExit);
    child.send(job);
  });
}

function phaseOf({ streamed, arrival, warmUpSeconds, seconds }: LoadJob, result: LoadResult, spent: readonly Record<string, number>[]): Phase {
  const each = (cpu: Readonly<Record<string, number>> = {}) =>
    Object.fromEntries(Object.entries(cpu).map(([name, total]) => [name, (total * 1e6) / Math.max(1, result.answered)]));
  return {
    ...result,
    job: { streamed, arrival, warmUpSeconds, seconds },
    cpuMicroseconds: each(spent[0]),
    aroundMicroseconds: each(spent[1]),
  };
}
