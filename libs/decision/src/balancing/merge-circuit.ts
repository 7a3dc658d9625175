import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Circuit, CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import type { Access } from "./weigh-targets.ts";

/** The newest that was told of a circuit. */
export interface CircuitReport {
  readonly state: CircuitState;
  /** Unix milliseconds by the clock of who told it, at most our own. */
  readonly changedAt: number;
  /** Unix milliseconds by our clock at which it was last told. */
  readonly heardAt: number;
}

/** Of two reports with the same time the more careful one counts, so that the order of arrival does not. */
const CARE: Readonly<Record<CircuitState, number>> = {
  [CircuitState.UNSPECIFIED]: 0,
  [CircuitState.CLOSED]: 0,
  [CircuitState.HALF_OPEN]: 1,
  [CircuitState.OPEN]: 2,
};

/** Takes what an instance told of a circuit: the later change counts. */
export function mergeCircuit(known: CircuitReport | undefined, told: Circuit, now: number): CircuitReport {
  // A clock that runs ahead would otherwise overrule everyone else until its time has come.
  const changedAt = told.changedAt === undefined ? 0 : Math.min(timestampMs(told.changedAt), now);
  const report: CircuitReport = { state: told.state, changedAt, heardAt: now };
  if (known === undefined || changedAt > known.changedAt) return report;
  if (changedAt < known.changedAt || CARE[told.state] < CARE[known.state]) return known;
  return report;
}

/**
 * State of a circuit as calls shall see it. One that was reported open too long ago is read as half open: who reported
 * it may be gone, and without a probe nobody would ever find out that the target has recovered.
 */
export function readCircuit(report: CircuitReport | undefined, now: number, openForMs: number): CircuitState {
  if (report === undefined || report.state === CircuitState.UNSPECIFIED) return CircuitState.CLOSED;
  if (report.state === CircuitState.OPEN && now - report.heardAt >= openForMs) return CircuitState.HALF_OPEN;
  return report.state;
}

/** Whether a target takes calls, from its circuit and from what its provider asked for. */
export function accessOf(circuit: CircuitState, rateLimitedUntil: number, now: number): Access {
  if (circuit === CircuitState.OPEN || rateLimitedUntil > now) return "shut";
  return circuit === CircuitState.HALF_OPEN ? "probing" : "open";
}
