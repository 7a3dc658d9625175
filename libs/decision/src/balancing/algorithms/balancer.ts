/** A target as a balancer sees it when a request comes. Figures of 0 were not measured. */
export interface BalancedTarget {
  /** Stable name, the same from call to call; what is remembered of a target is kept under it. */
  readonly key: string;
  /** Intended share of the traffic, in any unit. 0: no calls while another target can take them. */
  readonly weight: number;
  /** Calls under way: those of the last snapshot and what this process has begun and ended since. */
  readonly active: number;
  /** Calls that wait. */
  readonly queued: number;
  readonly latencyMs: number;
  readonly latencyP95Ms: number;
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
  /** 0 to 1. */
  readonly successRate: number;
  /** Calls that the figures rest on, fading with age. */
  readonly evidence: number;
  /** Share of the requests a minute that is left, 0 to 1. 1 also where there is no limit. */
  readonly requestHeadroom: number;
  /** Share of the tokens a minute that is left, 0 to 1. 1 also where there is no limit. */
  readonly tokenHeadroom: number;
  readonly costPerSuccessNanoUsd: number;
}

/** What is known of the request to place. */
export interface BalanceInput {
  /** Requests of one session stay together where the algorithm can. Empty: of none. */
  readonly session: string;
  /** Tokens in and out that are expected. */
  readonly expectedTokens: number;
  /** Unix milliseconds. */
  readonly now: number;
  /** 0 to 1, anew for each call. */
  readonly random: () => number;
}

/** What a balancer remembers: plain data that survives JSON, bounded by the number of targets. */
export type BalancerState = object;

/** Places requests on targets that can stand in for each other. */
export interface Balancer {
  readonly name: string;
  /** When to take it, for people. */
  readonly because: string;
  /** What it remembers at the start. */
  createState(): BalancerState;
  /**
   * Orders the targets for a request: its pick first, then the others in the order in which they shall be tried. Targets
   * without weight or headroom come after all others. Changes the state, as if the request were sent to the pick.
   *
   * @returns every index of the targets once
   */
  order(state: BalancerState, targets: readonly BalancedTarget[], input: BalanceInput): number[];
}

/** A balancer as its file writes it, with the type of its own state. */
interface BalancerDefinition<State extends object> {
  readonly name: string;
  readonly because: string;
  createState(): State;
  order(state: State, targets: readonly BalancedTarget[], input: BalanceInput): number[];
}

/** Hides the type of a balancer's state: whoever keeps a state hands back what `createState` made. */
export function defineBalancer<State extends object>(definition: BalancerDefinition<State>): Balancer {
  return definition as unknown as Balancer;
}
