import { type ChildProcess, spawn } from "node:child_process";
import { endWithUs, hasEnded } from "./leave-nothing.ts";

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
  /** @throws Error with what it printed last, where it has ended */
  check(): void;
  close(): Promise<void>;
}

const ROOT = new URL("../", import.meta.url).pathname;
const READY_MS = 60_000;
const STOP_MS = 10_000;
const KEPT_OUTPUT = 8 * 1024;

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
  if (child.pid !== undefined) endWithUs(child.pid);
  const output = keepOutput(child);
  const check = () => {
    if (isOver(child)) throw new Error(`${entry} ended (${child.signalCode ?? child.exitCode}): ${output()}`);
  };
  try {
    const found = await untilReady(child, entry, ready, output);
    const readyMs = performance.now() - startedAt;
    return { pid: child.pid ?? 0, found, readyMs, check, close: () => stopChild(child) };
  } catch (error) {
    await stopChild(child);
    throw error;
  }
}

/** Ends a child: by SIGTERM, and by SIGKILL where that does not help. */
export async function stopChild(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (!isOver(child) && pid !== undefined) {
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    child.kill("SIGTERM");
    await ended;
    clearTimeout(timer);
  }
  if (pid !== undefined) hasEnded(pid);
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Reads what a child prints, so that it never waits for a reader, and keeps the end of it. */
function keepOutput(child: ChildProcess): () => string {
  let output = "";
  const take = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-KEPT_OUTPUT));
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  return () => output;
}

function untilReady(child: ChildProcess, entry: string, ready: RegExp, output: () => string): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`${entry} ${what}: ${output()}`));
    const timer = setTimeout(() => fail("was not ready in time"), READY_MS);
    child.stdout?.on("data", () => {
      const found = ready.exec(output());
      if (found === null) return;
      clearTimeout(timer);
      resolve(found);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      fail(`ended with status ${code}`);
    });
  });
}
