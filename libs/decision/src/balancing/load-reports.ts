import type { LoadReported } from "@fairlead/contracts/events/v1/event";
import { targetKey } from "./adapter-directory.ts";

/** Calls of a target. */
export interface CallLoad {
  readonly active: number;
  readonly queued: number;
}

/** What one executor last said. */
export interface LoadReport {
  /** By key of the target; those not named have none. */
  readonly loads: ReadonlyMap<string, CallLoad>;
  /** Unix milliseconds by our clock. */
  readonly heardAt: number;
}

/** The executors that were heard of, by instance. */
export type LoadReports = ReadonlyMap<string, LoadReport>;

/** Nobody was heard of. */
export const NO_REPORTS: LoadReports = new Map();

/** Instances are names that others give; more are not taken in. */
const MOST_INSTANCES = 1_000;
/** Targets of one report; more are not taken in. */
const MOST_TARGETS = 5_000;
const NO_LOAD: CallLoad = { active: 0, queued: 0 };

/** Takes a report in, which replaces the one before it of the same executor. */
export function takeLoadReport(reports: LoadReports, told: LoadReported, now: number): LoadReports {
  if (told.instance === "" || (!reports.has(told.instance) && reports.size >= MOST_INSTANCES)) return reports;
  const loads = new Map<string, CallLoad>();
  for (const load of told.loads.slice(0, MOST_TARGETS)) {
    const key = targetKey(load);
    const known = loads.get(key) ?? NO_LOAD;
    loads.set(key, { active: known.active + load.active, queued: known.queued + load.queued });
  }
  return new Map(reports).set(told.instance, { loads, heardAt: now });
}

/**
 * Leaves out the executors that fell silent: what they had in flight ended with them. Returns the same reports where
 * all are there.
 *
 * @param deafUntil unix milliseconds up to which nothing could be heard, so that silence until then means nothing
 */
export function expireLoadReports(reports: LoadReports, now: number, timeoutMs: number, deafUntil: number): LoadReports {
  const silent = [...reports].filter(([, report]) => now - Math.max(report.heardAt, deafUntil) > timeoutMs);
  if (silent.length === 0) return reports;
  const left = new Map(reports);
  for (const [instance] of silent) left.delete(instance);
  return left;
}

/** Calls of each target over all executors, by its key. */
export function sumLoads(reports: LoadReports): Map<string, CallLoad> {
  const sums = new Map<string, CallLoad>();
  for (const { loads } of reports.values()) {
    for (const [key, { active, queued }] of loads) {
      const sum = sums.get(key) ?? NO_LOAD;
      sums.set(key, { active: sum.active + active, queued: sum.queued + queued });
    }
  }
  return sums;
}
