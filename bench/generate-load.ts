import { type ChildProcess, fork } from "node:child_process";
import { endWithUs } from "./leave-nothing.ts";
import type { LoadJob, LoadReport, LoadResult } from "./load-job.ts";
import { machineSeconds, type NamedProcess, watchCpu } from "./process-usage.ts";
import { stopChild } from "./start-program.ts";

/** What a phase showed. */
export interface Phase extends LoadResult {
  readonly job: Omit<LoadJob, "door">;
  /** CPU microseconds for each answer, user and system, by process of the shape. */
  readonly cpuMicroseconds: Readonly<Record<string, number>>;
  /** The same for what only measures: the load generator and the simulated provider. */
  readonly aroundMicroseconds: Readonly<Record<string, number>>;
  /** Cores that programs with no part in this kept busy, on average; what is well above 0 disturbs the figures. */
  readonly foreignCores: number;
}

/** CPU seconds of one phase. */
interface Spent {
  readonly shape: Readonly<Record<string, number>>;
  readonly around: Readonly<Record<string, number>>;
  readonly machine: number;
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
  const program = new URL("load-generator.ts", import.meta.url).pathname;
  const child = fork(program, { stdio: ["ignore", "inherit", "inherit", "ipc"], serialization: "advanced" });
  if (child.pid !== undefined) endWithUs(child.pid);
  const itself: NamedProcess = { name: "load-generator", pid: child.pid ?? 0 };
  return {
    run: (job, shape, around) => runJob(child, job, shape, [itself, ...around]),
    close: () => stopChild(child),
  };
}

function runJob(
  child: ChildProcess,
  job: LoadJob,
  shape: readonly NamedProcess[],
  around: readonly NamedProcess[],
): Promise<Phase> {
  return new Promise((resolve, reject) => {
    let read = watchAll(shape, around);
    let spent: Spent | undefined;
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      child.off("message", onReport);
      child.off("exit", onExit);
      finish();
    };
    const fail = (reason: string) => settle(() => reject(new Error(`the load generator: ${reason}`)));
    const onExit = () => fail("it ended");
    const onReport = (report: LoadReport) => {
      if (report.kind === "began") read = watchAll(shape, around);
      else if (report.kind === "ended") spent = read();
      else if (report.kind === "failed") fail(report.reason);
      else settle(() => resolve(phaseOf(job, report.result, spent ?? read())));
    };
    const timer = setTimeout(() => fail("it took too long"), (job.warmUpSeconds + job.seconds + GRACE_SECONDS) * 1000);
    child.on("message", onReport);
    child.once("exit", onExit);
    child.send(job);
  });
}

function watchAll(shape: readonly NamedProcess[], around: readonly NamedProcess[]): () => Spent {
  const [readShape, readAround, machine] = [watchCpu(shape), watchCpu(around), machineSeconds()];
  return () => ({ shape: readShape(), around: readAround(), machine: machineSeconds() - machine });
}

function phaseOf(job: LoadJob, result: LoadResult, { shape, around, machine }: Spent): Phase {
  const { streamed, arrival, warmUpSeconds, seconds } = job;
  const each = (cpu: Readonly<Record<string, number>>) =>
    Object.fromEntries(
      Object.entries(cpu).map(([name, total]) => [name, (total * 1e6) / Math.max(1, result.answered)]),
    );
  const own = [...Object.values(shape), ...Object.values(around)].reduce((sum, one) => sum + one, 0);
  return {
    ...result,
    job: { streamed, arrival, warmUpSeconds, seconds },
    cpuMicroseconds: each(shape),
    aroundMicroseconds: each(around),
    foreignCores: Math.max(0, machine - own) / seconds,
  };
}
