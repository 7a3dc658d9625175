import { rmSync } from "node:fs";

const pids = new Set<number>();
const folders = new Set<string>();

// However this process ends: whoever stops it with Ctrl-C does not wait for others to finish.
process.on("exit", () => {
  for (const pid of pids) kill(pid);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Makes sure that a process, started by whomever, does not outlive this one. */
export function endWithUs(pid: number): void {
  pids.add(pid);
}

/** Says that a process has ended, so that its number is not taken for its own when another has it. */
export function hasEnded(pid: number): void {
  pids.delete(pid);
}

/** Makes sure that a folder does not outlive this process. */
export function removeWithUs(folder: string): void {
  folders.add(folder);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
