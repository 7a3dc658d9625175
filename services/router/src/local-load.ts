import type { Balancer, BalancerState } from "@fairlead/decision/balancing/algorithms/balancer";
import type { BalancingMemory } from "@fairlead/decision/routing/decide-route";

/** Groups of equals whose balancers are remembered; the one used longest ago gives way. */
const MOST_GROUPS = 2_000;
/** Calls counted at the same time. */
const MOST_CALLS = 100_000;
/** Milliseconds after which a call is in the figures that executors report. */
const REPORTED_MS = 500;
const SWEEP_MS = 100;

interface FreshCall {
  readonly key: string;
  readonly at: number;
  counted: boolean;
}

/** What this router has sent where: the memory of its balancers, and its calls that no figures show yet. */
export class LocalLoad implements BalancingMemory {
  readonly #states = new Map<string, BalancerState>();
  readonly #counts = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #fresh: FreshCall[] = [];

  constructor() {
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  readonly stateOf = (balancer: Balancer, group: string): BalancerState => {
    const key = `${balancer.name} ${group}`;
    const state = this.#states.get(key) ?? balancer.createState();
    this.#states.delete(key);
    this.#states.set(key, state);
    if (this.#states.size > MOST_GROUPS) this.#states.delete(this.#states.keys().next().value as string);
    return state;
  };

  readonly inFlight = (key: string): number => this.#counts.get(key) ?? 0;

  /** Counts a call of a target until it ends or is in the reported figures. @returns ends it; to be called once or more */
  begin(key: string): () => void {
    if (this.#fresh.length >= MOST_CALLS) return () => undefined;
    const call: FreshCall = { key, at: performance.now(), counted: true };
    this.#fresh.push(call);
    this.#counts.set(key, this.inFlight(key) + 1);
    return () => this.#discount(call);
  }

  /** The same memory for a look: what is asked of it changes nothing. */
  preview(): BalancingMemory {
    const stateOf = (balancer: Balancer, group: string) =>
      structuredClone(this.#states.get(`${balancer.name} ${group}`) ?? balancer.createState());
    return { stateOf, inFlight: this.inFlight };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    const before = performance.now() - REPORTED_MS;
    const old = this.#fresh.findIndex(({ at }) => at > before);
    for (const call of old < 0 ? this.#fresh : this.#fresh.slice(0, old)) this.#discount(call);
    this.#fresh = old < 0 ? [] : this.#fresh.slice(old);
  }

  #discount(call: FreshCall): void {
    if (!call.counted) return;
    call.counted = false;
    const left = this.inFlight(call.key) - 1;
    if (left > 0) this.#counts.set(call.key, left);
    else this.#counts.delete(call.key);
  }
}
