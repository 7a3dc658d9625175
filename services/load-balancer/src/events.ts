import type { AttemptFinished, CircuitChanged } from "@fairlead/contracts/events/v1/event";
import { advanceTarget, type TimeConstants } from "@fairlead/decision/balancing/advance-target";
import { advanceTraffic } from "@fairlead/decision/balancing/advance-traffic";
import { measuredLatencyMs } from "@fairlead/decision/balancing/attempt-outcome";
import { mergeCircuit } from "@fairlead/decision/balancing/merge-circuit";
import type { TargetBook } from "./target-book.ts";

/** What became of an event. */
export type Effect = "changed" | "unchanged" | "no_room";

/** Takes a finished attempt into the figures of its target. */
export function onAttemptFinished(
  book: TargetBook,
  attempt: AttemptFinished,
  now: number,
  constants: TimeConstants,
): Effect {
  const target = book.enter(attempt);
  if (target === undefined) return "no_room";
  target.figures = advanceTarget(target.figures, attempt, now, constants);
  target.traffic = advanceTraffic(target.traffic, attempt, now, constants.figuresDecayMs);
  const latencyMs = measuredLatencyMs(attempt);
  if (latencyMs !== undefined) target.latency.add(latencyMs, now);
  return "changed";
}

/** Takes the change of a circuit over, unless a later one is known. */
export function onCircuitChanged(book: TargetBook, { circuit }: CircuitChanged, now: number): Effect {
  if (circuit === undefined) return "unchanged";
  const target = book.enter(circuit);
  if (target === undefined) return "no_room";
  const known = target.circuit;
  target.circuit = mergeCircuit(known, circuit, now);
  return target.circuit === known ? "unchanged" : "changed";
}
