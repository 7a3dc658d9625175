import { cpus, loadavg, platform, release, totalmem } from "node:os";

/** Where and when a run was made. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly date: string;
  /** Load average of the last minute before the run; what is well above 0 disturbs the figures. */
  readonly loadBefore: number;
}

/** Describes this machine. */
export function describeMachine(now: Date): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? "unknown",
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    date: now.toISOString(),
    loadBefore: loadavg()[0] ?? 0,
  };
}
