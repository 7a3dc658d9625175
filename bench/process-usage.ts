import { readFileSync } from "node:fs";

/** A process of a shape. */
export interface NamedProcess {
  readonly name: string;
  readonly pid: number;
}

/** Of the kernel's process accounting; the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds of a process so far, user and system, all its threads. 0: it is gone. */
export function cpuSeconds(pid: number): number {
  const stat = readProc(`/proc/${pid}/stat`);
  // The program's name, in parentheses, may hold spaces: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

/** MiB of memory that a process holds. 0: it is gone. */
export function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** CPU seconds by process, from now to the call of the function that it returns. */
export function watchCpu(processes: readonly NamedProcess[]): () => Record<string, number> {
  const before = processes.map(({ pid }) => cpuSeconds(pid));
  const spent = ({ name, pid }: NamedProcess, index: number) => [name, cpuSeconds(pid) - (before[index] ?? 0)] as const;
  return () => Object.fromEntries(processes.map(spent));
}

/** CPU seconds that this whole machine was at work so far, all cores together. */
export function machineSeconds(): number {
  const [first = ""] = readProc("/proc/stat").split("\n", 1);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = first.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}

function readProc(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
