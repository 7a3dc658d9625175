import { type ChildProcess, spawn } from "node:child_process";

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process as a container runs it. */
export interface TreeProcess {
  readonly name: string;
  readonly ended: Promise<ProcessEnd>;
  /** What it has written. */
  log(): string;
  /** Sends SIGTERM and tells how it ends. */
  stop(): Promise<ProcessEnd>;
}

const USER = "65532";

/** The words that run a command as the images' user without any privilege; only root can become another. */
export function unprivileged(words: readonly string[]): [string, ...string[]] {
  if (process.getuid?.() !== 0) return words as [string, ...string[]];
  return ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", ...words];
}

/** Runs the command of an image in its tree, with nothing in its environment but what is given. */
export function runTree(name: string, tree: string, words: readonly string[], environment: Readonly<Record<string, string>>): TreeProcess {
  const [command, ...rest] = unprivileged([process.execPath, ...words]);
  const child = spawn(command, rest, { cwd: tree, env: { ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => (text += bytes.toString()));
  const ended = endOf(child);
  return {
    name,
    ended,
    log: () => text,
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}
