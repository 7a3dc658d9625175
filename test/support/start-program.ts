import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";

/** A program that runs until it is closed. */
export interface Program {
  /** Rejects, with the end of its log, when it ends by itself. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

const SHOWN_CHARACTERS = 3_000;

/**
 * Starts a program that serves; what it says goes into a file.
 *
 * @param environment variables beside those of this process
 */
export function startProgram(path: string, flags: readonly string[], log: string, environment: Readonly<Record<string, string>> = {}): Program {
  const child = spawn(path, flags, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  const written = createWriteStream(log);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(written, { end: false });
  const ended = once(child, "exit");
  const failed = ended.then(([code]) => {
    throw new Error(`${path} ended with status ${String(code)}:\n${readFileSync(log, "utf8").slice(-SHOWN_CHARACTERS)}`);
  });
  failed.catch(() => undefined);
  return {
    failed,
    async close() {
      child.kill("SIGTERM");
      await ended;
      written.end();
    },
  };
}
