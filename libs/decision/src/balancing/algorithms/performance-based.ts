import { type BalancedTarget, defineBalancer } from "./balancer.ts";
import { orderByCost } from "./order-by-cost.ts";
import { relativeLoads } from "./outstanding.ts";
import { noTurns, type SmoothTurns } from "./smooth-turns.ts";
import { chooseOfTwo } from "./two-choices.ts";
import { usableWeights } from "./usable-weights.ts";

/** What a figure counts in the score; the sum is 1. */
const LATENCY = 0.15;
const LATENCY_P95 = 0.25;
const FIRST_TOKEN = 0.1;
const THROUGHPUT = 0.2;
const SUCCESS = 0.2;
const COST = 0.1;

/** Calls that the good faith in a target of which nothing is known counts as. */
const FAITH = 0.5;

interface Best {
  latencyMs: number;
  latencyP95Ms: number;
  firstTokenMs: number;
  tokensPerSecond: number;
  cost: number;
}

/**
 * The better of two by score^2 against the load for its weight. The score, 0 to 1, sums how close a target comes to the
 * best of all in mean and 95th percentile latency, first token, throughput, success and cost per success. What is not
 * measured counts as the best, and figures count by the evidence behind them.
 */
export const performanceBased = defineBalancer<SmoothTurns>({
  name: "performance_based",
  because: "targets differ in several ways at once; better ones overall take more of the load",
  createState: noTurns,
  order(state, targets, { random }) {
    if (targets.length === 0) return [];
    const weights = usableWeights(targets);
    const best = bestOf(targets, weights);
    const costs = relativeLoads(targets, weights).map(
      (load, index) => load / scoreOf(targets[index] as BalancedTarget, best) ** 2,
    );
    const pick = chooseOfTwo(state, targets, weights, costs, random);
    return orderByCost(pick, weights, (index) => costs[index] as number);
  },
});

/** How good a target is against the best, above 0 and up to 1. */
function scoreOf(target: BalancedTarget, best: Best): number {
  const measured =
    LATENCY * lowness(target.latencyMs, best.latencyMs) +
    LATENCY_P95 * lowness(target.latencyP95Ms, best.latencyP95Ms) +
    FIRST_TOKEN * lowness(target.firstTokenMs, best.firstTokenMs) +
    THROUGHPUT * (target.tokensPerSecond > 0 ? target.tokensPerSecond / best.tokensPerSecond : 1) +
    COST * lowness(target.costPerSuccessNanoUsd, best.cost);
  // Failures spoil what the rest is worth, so success counts as a factor as well as a part.
  const success = Math.min(1, Math.max(0.01, target.successRate));
  const score = success * (measured + SUCCESS * success);
  const trust = target.evidence > 0 ? 1 / (1 + FAITH / target.evidence) : 0;
  return 1 + (score - 1) * trust;
}

function lowness(value: number, lowest: number): number {
  return value > 0 ? lowest / value : 1;
}

function bestOf(targets: readonly BalancedTarget[], weights: readonly number[]): Best {
  const none = Number.MAX_VALUE;
  const best: Best = { latencyMs: none, latencyP95Ms: none, firstTokenMs: none, tokensPerSecond: 0, cost: none };
  for (let index = 0; index < targets.length; index++) {
    if (weights[index] === 0) continue;
    const target = targets[index] as BalancedTarget;
    best.latencyMs = lower(best.latencyMs, target.latencyMs);
    best.latencyP95Ms = lower(best.latencyP95Ms, target.latencyP95Ms);
    best.firstTokenMs = lower(best.firstTokenMs, target.firstTokenMs);
    best.cost = lower(best.cost, target.costPerSuccessNanoUsd);
    if (target.tokensPerSecond > best.tokensPerSecond) best.tokensPerSecond = target.tokensPerSecond;
  }
  return best;
}

function lower(least: number, value: number): number {
  return value > 0 && value < least ? value : least;
}
