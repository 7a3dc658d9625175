import { type ChildProcess, spawn } from "node:child_process";

/** A program that shall run while something is measured. */
export interface Program {
  /** Path of its entry, below the repository. */
  readonly entry: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What it prints when it is ready; groups are kept. */
  readonly ready: RegExp;
}

/** A program that is ready. */
export interface RunningProgram {
  readonly pid: number;
  readonly found: RegExpExecArray;
  /** Milliseconds from its start to being ready. */
  readonly readyMs: number;
  close(): Promise<void>;
}

const ROOT = new URL("../", import.meta.url).pathname;
const READY_MS = 60_000;
const STOP_MS = 10_000;
const KEPT_OUTPUT = 64 * 1024;

/** Everything that was started and may still run. Ended without mercy when this process ends, however it ends. */
const started = new Set<number>();

process.on("exit", () => {
  for (const pid of started) kill(pid);
});

/** Makes sure that a process, started by whomever, does not outlive this one. */
export function endWithUs(pid: number): void {
  started.add(pid);
}

/**
 * Starts a program with nothing of this process's environment but the PATH, and waits until it is ready.
 *
 * @throws Error with what it printed, where it ends or takes more than a minute
 */
export async function startProgram({ entry, environment = {}, ready }: Program): Promise<RunningProgram> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [entry], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid !== undefined) started.add(child.pid);
  try {
    const found = await untilReady(child, entry, ready);
    const readyMs = performance.now() - startedAt;
    return { pid: child.pid ?? 0, found, readyMs, close: () => stopChild(child) };
  } catch (error) {
    await stopChild(child);
    throw error;
  }
}

/** Ends a child: by SIGTERM, and by SIGKILL where that does not help. */
export async function stopChild(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (child.exitCode === null && child.signalCode === null && pid !== undefined) {
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    child.kill("SIGTERM");
    await ended;
    clearTimeout(timer);
  }
  if (pid !== undefined) started.delete(pid);
}

function untilReady(child: ChildProcess, entry: string, ready: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => reject(new Error(`${entry} was not ready in time: ${output}`)), READY_MS);
    const take = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
      const found = ready.exec(output);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`${entry} ended with status ${code}: ${output}`));
    });
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
