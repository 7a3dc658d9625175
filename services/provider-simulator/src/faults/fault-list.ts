import { mix } from "../answer/hash.ts";
import { createRandom, type Random } from "../answer/random.ts";
import type { Fault, FaultReport } from "./fault.ts";

interface ArmedFault {
  readonly fault: Fault;
  readonly random: Random;
  matched: number;
  hits: number;
}

/** What of a request decides which fault hits it. */
export interface StruckRequest {
  readonly provider: string;
  /** Names under which its model goes: as requested and plain. */
  readonly models: readonly (string | undefined)[];
  readonly deployment: string;
  readonly probe: boolean;
}

/** The scripted faults in order; the first that matches a request and is due hits it. */
export class FaultList {
  readonly #seed: number;
  #armed: ArmedFault[] = [];
  #made = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Replaces all faults; the draws of `probability` begin anew. */
  replace(faults: readonly Fault[]): void {
    this.#armed = [];
    this.#made = 0;
    for (const fault of faults) this.add(fault);
  }

  add(fault: Fault): void {
    this.#made += 1;
    this.#armed.push({ fault, random: createRandom(mix(this.#seed, this.#made)), matched: 0, hits: 0 });
  }

  get size(): number {
    return this.#armed.length;
  }

  list(): readonly FaultReport[] {
    return this.#armed.map(({ fault, matched, hits }) => ({ fault, matched, hits }));
  }

  /** The fault that hits a request, or undefined. */
  strike(request: StruckRequest): Fault | undefined {
    for (const armed of this.#armed) {
      if (matches(armed.fault, request) && isDue(armed)) return armed.fault;
    }
    return undefined;
  }
}

function matches(fault: Fault, { provider, models, deployment, probe }: StruckRequest): boolean {
  if (fault.provider !== undefined && fault.provider !== provider) return false;
  if (fault.deployment !== undefined && fault.deployment !== deployment) return false;
  if (probe && !(fault.probes ?? (fault.times === undefined && fault.after === undefined))) return false;
  return fault.model === undefined || models.includes(fault.model);
}

function isDue(armed: ArmedFault): boolean {
  const { fault } = armed;
  armed.matched += 1;
  if (armed.matched <= (fault.after ?? 0)) return false;
  if (fault.times !== undefined && armed.hits >= fault.times) return false;
  if (fault.probability !== undefined && armed.random() >= fault.probability) return false;
  armed.hits += 1;
  return true;
}
