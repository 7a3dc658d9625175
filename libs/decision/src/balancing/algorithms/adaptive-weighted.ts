import { type BalancedTarget, defineBalancer } from "./balancer.ts";
import { orderByCost } from "./order-by-cost.ts";
import { relativeLoads } from "./outstanding.ts";
import { noTurns, type SmoothTurns } from "./smooth-turns.ts";
import { emptyMemory, recall, type TargetMemory } from "./target-memory.ts";
import { chooseOfTwo } from "./two-choices.ts";
import { usableWeights } from "./usable-weights.ts";

interface Drift {
  /** Logarithm of the factor on the weight. */
  drift: number;
}

interface AdaptiveState {
  turns: SmoothTurns;
  drifts: TargetMemory<Drift>;
  /** Unix milliseconds at which the drifts were last brought up to date. 0: never. */
  at: number;
}

/** A weight moves down to an eighth and up to four times what was intended. */
export const LEAST_FACTOR = 1 / 8;
export const MOST_FACTOR = 4;

/** Milliseconds in which a factor goes 63 % of the way to where the figures point. */
const SMOOTHING_MS = 8_000;
/** Figures come no more often than that. */
const UPDATE_MS = 250;
/** A gap of the traffic moves factors no further than that. */
const LONGEST_STEP_MS = 60_000;
/** Calls at which figures count half. */
const HALF_TRUST = 3;

/**
 * The less busy of two for weights that follow the figures:
 *
 *     factor -> success^2 * sqrt(throughput) / latency, against the geometric mean of the targets
 *
 * slowly (8 s), within an eighth and four times of the intended weight, and by as much as there is evidence: without
 * calls a factor goes back to 1, so that a shunned target is tried again. Latencies come late, after the calls that they
 * belong to; so calls under way are weighed against the moved weights, without which shares swing at high load.
 */
export const adaptiveWeighted = defineBalancer<AdaptiveState>({
  name: "adaptive_weighted",
  because: "capacities are not known or change slowly; shares follow what is measured, within bounds",
  createState: () => ({ turns: noTurns(), drifts: emptyMemory(), at: 0 }),
  order(state, targets, { now, random }) {
    if (targets.length === 0) return [];
    const weights = usableWeights(targets);
    recall(state.drifts, targets, () => ({ drift: 0 }));
    moveDrifts(state, targets, weights, now);
    for (let index = 0; index < weights.length; index++) {
      weights[index] = (weights[index] as number) * Math.exp((state.drifts.rows[index] as Drift).drift);
    }
    const loads = relativeLoads(targets, weights);
    const pick = chooseOfTwo(state.turns, targets, weights, loads, random);
    return orderByCost(pick, weights, (index) => loads[index] as number);
  },
});

function moveDrifts(
  state: AdaptiveState,
  targets: readonly BalancedTarget[],
  weights: readonly number[],
  now: number,
): void {
  const elapsed = now - state.at;
  if (elapsed >= 0 && elapsed < UPDATE_MS) return;
  const step = state.at === 0 || elapsed < 0 ? 0 : 1 - Math.exp(-Math.min(elapsed, LONGEST_STEP_MS) / SMOOTHING_MS);
  state.at = now;
  if (step === 0) return;
  const trusts = targets.map(({ evidence }, index) => ((weights[index] as number) > 0 ? trustIn(evidence) : 0));
  const merits = relativeMerits(targets, trusts);
  for (let index = 0; index < targets.length; index++) {
    const goal = (merits[index] as number) * (trusts[index] as number);
    const row = state.drifts.rows[index] as Drift;
    row.drift = within(row.drift + step * (goal - row.drift));
  }
}

function trustIn(evidence: number): number {
  return evidence > 0 ? 1 / (1 + HALF_TRUST / evidence) : 0;
}

/** Logarithms of the merits against their mean; 0 for what is not measured. */
function relativeMerits(targets: readonly BalancedTarget[], trusts: readonly number[]): number[] {
  const latency = againstMean(targets, trusts, (target) => target.latencyMs);
  const throughput = againstMean(targets, trusts, (target) => target.tokensPerSecond);
  const success = againstMean(targets, trusts, (target) => Math.max(target.successRate, 0.01));
  return targets.map(
    (_, index) => 2 * (success[index] as number) + (throughput[index] as number) / 2 - (latency[index] as number),
  );
}

/** Logarithms against their mean, in which each counts as far as it is trusted. */
function againstMean(
  targets: readonly BalancedTarget[],
  trusts: readonly number[],
  figure: (target: BalancedTarget) => number,
): number[] {
  let sum = 0;
  let trusted = 0;
  const logarithms = targets.map((target, index) => {
    const value = figure(target);
    const trust = trusts[index] as number;
    if (!(value > 0 && value < Number.POSITIVE_INFINITY && trust > 0)) return undefined;
    const logarithm = Math.log(value);
    sum += logarithm * trust;
    trusted += trust;
    return logarithm;
  });
  return logarithms.map((logarithm) => (logarithm === undefined ? 0 : logarithm - sum / trusted));
}

function within(drift: number): number {
  return Math.min(Math.log(MOST_FACTOR), Math.max(Math.log(LEAST_FACTOR), drift));
}
