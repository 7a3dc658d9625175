import type { Circuit } from "@fairlead/contracts/execution/v1/circuit";

/** Circuits that all processes share. All methods reject with StateError. */
export interface CircuitStore {
  /** All circuits, in no particular order. */
  load(): Promise<Circuit[]>;
  /**
   * Keeps a circuit unless one of the same target that changed later, or at the same time, is kept.
   * Resolves to whether it was kept; false also when 10,000 targets are known and this is another one.
   */
  save(circuit: Circuit): Promise<boolean>;
}

/** How many targets' circuits are kept. */
export const MAX_CIRCUITS = 10_000;

/** Microseconds since 1970 at which a circuit changed; 0 when it does not say. */
export function changedAtMicros(circuit: Circuit): number {
  const at = circuit.changedAt;
  return at === undefined ? 0 : Number(at.seconds) * 1_000_000 + Math.floor(at.nanos / 1_000);
}
