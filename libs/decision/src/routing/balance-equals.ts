import { accessWeight } from "../balancing/algorithms/access-weight.ts";
import type { BalancedTarget, Balancer, BalancerState } from "../balancing/algorithms/balancer.ts";
import type { Contender } from "./target.ts";

/** What balancing among equals needs beside them. */
export interface Balancing {
  readonly balancer: Balancer;
  /** What the balancer remembers of a group of equals, by the name of what they offer. */
  readonly stateOf: (group: string) => BalancerState;
  /** Calls of a target that its figures do not show yet, by its key. */
  readonly inFlight: (key: string) => number;
  /** Empty: of no session. */
  readonly session: string;
  readonly expectedTokens: number;
  /** Unix milliseconds. */
  readonly now: number;
  /** 0 to 1, anew for each call. */
  readonly random: () => number;
}

/**
 * Orders contenders that can stand in for each other, the balancer's pick first.
 *
 * @param group name of what they offer
 */
export function balanceEquals(group: string, equals: readonly Contender[], balancing: Balancing): Contender[] {
  // Draws must not depend on the order in which targets became known.
  const sorted = [...equals].sort((a, b) => a.rank - b.rank);
  const balanced = sorted.map((contender) => toBalanced(contender, balancing.inFlight(contender.key), balancing.now));
  const order = balancing.balancer.order(balancing.stateOf(group), balanced, balancing);
  return order.map((place) => sorted[place] as Contender);
}

function toBalanced({ target, key, reliability }: Contender, inFlight: number, now: number): BalancedTarget {
  const { state, weight } = target;
  return {
    key,
    weight: weight * accessWeight(state, now),
    active: (state?.active ?? 0) + inFlight,
    queued: state?.queued ?? 0,
    latencyMs: state?.latencyMs ?? 0,
    latencyP95Ms: state?.latencyP95Ms ?? 0,
    firstTokenMs: state?.firstTokenMs ?? 0,
    tokensPerSecond: state?.tokensPerSecond ?? 0,
    successRate: reliability,
    evidence: state?.evidence ?? 0,
    requestHeadroom: state?.requestHeadroom ?? 1,
    tokenHeadroom: state?.tokenHeadroom ?? 1,
    costPerSuccessNanoUsd: Number(state?.costPerSuccessNanoUsd ?? 0n),
  };
}
