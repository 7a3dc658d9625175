import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";

/** A process that shall be there. */
export interface ProcessPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What happens to processes. */
export type ProcessEvent =
  | { readonly kind: "started"; readonly name: string; readonly pid: number }
  | { readonly kind: "ended"; readonly name: string; readonly how: string };

const FIRST_RESTART_MS = 100;
const LAST_RESTART_MS = 5_000;
/** A process that lived that long starts anew without delay. */
const STABLE_MS = 10_000;
const STOP_MS = 35_000;

/** Keeps one process running: whenever it ends by itself it is started again. */
export class Supervised {
  readonly plan: ProcessPlan;
  readonly #logDir: string;
  readonly #tell: (event: ProcessEvent) => void;
  #child: ChildProcess | undefined;
  #stopping = false;
  #delay = FIRST_RESTART_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(plan: ProcessPlan, logDir: string, tell: (event: ProcessEvent) => void) {
    this.plan = plan;
    this.#logDir = logDir;
    this.#tell = tell;
    this.#start();
  }

  /** Process id; undefined while it is down. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Sends a signal to the process as it is now. */
  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends it for good: by SIGTERM, and by SIGKILL where that does not help. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  #start(): void {
    const { name, command, args, environment } = this.plan;
    const log = openSync(join(this.#logDir, `${name}.log`), "a");
    const startedAt = Date.now();
    const child = spawn(command, [...args], { env: { ...environment }, stdio: ["ignore", log, log] });
    this.#child = child;
    if (child.pid !== undefined) this.#tell({ kind: "started", name, pid: child.pid });
    child.once("error", (error) => this.#ended(child, error.message, startedAt));
    child.once("exit", (code, signal) => this.#ended(child, signal ?? `status ${code}`, startedAt));
  }

  #ended(child: ChildProcess, how: string, startedAt: number): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#tell({ kind: "ended", name: this.plan.name, how });
    if (this.#stopping) return;
    if (Date.now() - startedAt > STABLE_MS) this.#delay = FIRST_RESTART_MS;
    this.#timer = setTimeout(() => this.#start(), this.#delay);
    this.#delay = Math.min(this.#delay * 2, LAST_RESTART_MS);
  }
}
