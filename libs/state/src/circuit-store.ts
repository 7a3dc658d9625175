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
  /**
   * Makes a process the only one that tries whether a target has recovered, for a time; the holder may lengthen it.
   * Resolves to whether it holds the claim now; false also when one process holds 10,000 others.
   *
   * @param name  what is claimed
   * @param forMs milliseconds after which the claim ends by itself
   */
  claim(name: string, holder: string, forMs: number): Promise<boolean>;
}

/** How many targets' circuits, and how many claims, are kept. */
export const MAX_CIRCUITS = 10_000;

/** Microseconds since 1970 at which a circuit changed; 0 when it does not say. */
export function changedAtMicros(circuit: Circuit): number {
  const at = circuit.changedAt;
  return at === undefined ? 0 : Number(at.seconds) * 1_000_000 + Math.floor(at.nanos / 1_000);
}
