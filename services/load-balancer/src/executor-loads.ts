import type { LoadReported } from "@fairlead/contracts/events/v1/event";
import {
  type CallLoad,
  expireLoadReports,
  type LoadReports,
  NO_REPORTS,
  sumLoads,
  takeLoadReport,
} from "@fairlead/decision/balancing/load-reports";

/** The calls that executors have in flight and waiting, by target. */
export class ExecutorLoads {
  #reports: LoadReports = NO_REPORTS;
  #sums: ReadonlyMap<string, CallLoad> | undefined;

  /** Takes a report. @returns keys of the targets that it is or was about */
  take(told: LoadReported, now: number): string[] {
    const before = this.#reports.get(told.instance)?.loads;
    this.#reports = takeLoadReport(this.#reports, told, now);
    this.#sums = undefined;
    const after = this.#reports.get(told.instance)?.loads;
    return [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])];
  }

  /** Leaves out executors that fell silent. @returns keys of the targets that they had calls of */
  expire(now: number, timeoutMs: number, deafUntil: number): string[] {
    const before = this.#reports;
    this.#reports = expireLoadReports(before, now, timeoutMs, deafUntil);
    if (this.#reports === before) return [];
    this.#sums = undefined;
    return [...before].flatMap(([instance, { loads }]) => (this.#reports.has(instance) ? [] : [...loads.keys()]));
  }

  /** Calls over all executors, by key of the target. */
  byTarget(): ReadonlyMap<string, CallLoad> {
    this.#sums ??= sumLoads(this.#reports);
    return this.#sums;
  }
}
