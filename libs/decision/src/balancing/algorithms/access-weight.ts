import type { TargetState } from "@fairlead/contracts/balancing/v1/target";
import { accessOf } from "../merge-circuit.ts";

/** Part of its intended share that a target gets while it is probed. */
const PROBING = 0.1;

/**
 * What the intended share of a target is to be multiplied with before balancing: 0 while it takes no calls, a tenth while
 * it is probed, else 1. Measured figures stay out of weights on purpose: algorithms look at them themselves, and what is
 * counted twice overloads the fast targets at full load.
 *
 * @param now unix milliseconds
 */
export function accessWeight(state: TargetState | undefined, now: number): number {
  if (state === undefined) return 1;
  const access = accessOf(state.circuit, Number(state.rateLimitedUntilUnixMs), now);
  if (access === "open") return 1;
  return access === "probing" ? PROBING : 0;
}
