import type { BalancedTarget, BalanceInput, Balancer, BalancerState } from "../balancer.ts";

/** A target with usual figures. */
export function balancedTarget(key: string, facts: Partial<BalancedTarget> = {}): BalancedTarget {
  return {
    key,
    weight: 1,
    active: 0,
    queued: 0,
    latencyMs: 1_000,
    latencyP95Ms: 2_000,
    firstTokenMs: 200,
    tokensPerSecond: 50,
    successRate: 1,
    evidence: 100,
    requestHeadroom: 1,
    tokenHeadroom: 1,
    costPerSuccessNanoUsd: 1_000_000,
    ...facts,
  };
}

/** Targets with weights. */
export function weighted(...weights: number[]): BalancedTarget[] {
  return weights.map((weight, index) => balancedTarget(`target-${index}`, { weight }));
}

/** Random numbers, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What is known of a request without anything special about it. */
export function balanceInput(facts: Partial<BalanceInput> = {}): BalanceInput {
  return { session: "", expectedTokens: 1_000, now: 1_000_000, random: seededRandom(1), ...facts };
}

/** Picks of a run of requests in which targets stay as they are; 100 requests a second. */
export function picksOf(
  balancer: Balancer,
  targets: readonly BalancedTarget[],
  requests: number,
  options: { seed?: number; state?: BalancerState; session?: (request: number) => string; start?: number } = {},
): number[] {
  const random = seededRandom(options.seed ?? 1);
  const state = options.state ?? balancer.createState();
  const start = options.start ?? 1_000_000;
  return Array.from({ length: requests }, (_, request) => {
    const input = balanceInput({ random, now: start + request * 10, session: options.session?.(request) ?? "" });
    return balancer.order(state, targets, input)[0] ?? -1;
  });
}

/** How often each target was picked. */
export function countPicks(picks: readonly number[], targets: number): number[] {
  const counts = Array.from({ length: targets }, () => 0);
  for (const pick of picks) counts[pick] = (counts[pick] ?? 0) + 1;
  return counts;
}

/** Largest deviation from the intended share, as a part of that share. */
export function worstDeviation(counts: readonly number[], targets: readonly BalancedTarget[]): number {
  const picks = counts.reduce((sum, count) => sum + count, 0);
  const weights = targets.reduce((sum, { weight }) => sum + weight, 0);
  return Math.max(
    ...targets.map(({ weight }, index) => {
      const intended = (picks * weight) / weights;
      return intended === 0 ? 0 : Math.abs((counts[index] ?? 0) - intended) / intended;
    }),
  );
}
