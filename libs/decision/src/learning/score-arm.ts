import { type ArmEstimate, type ArmPrior, estimateArms } from "./estimate-arms.ts";
import type { LearnedState, LearningContext } from "./learned-state.ts";
import type { LearningOptions } from "./learning-options.ts";
import { drawNormal } from "./draw-normal.ts";
import { type RewardScale, scaleRewards, weighReward } from "./weigh-reward.ts";

/** An arm's place and what it rests on. */
export interface ArmScore extends ArmEstimate {
  /** 0 to 1; the highest goes first. */
  score: number;
  /** True for the one arm that comes first to be learned about, not because it is the best known. */
  exploring: boolean;
  /** True where its answers might be too much worse than those of the safest arm: it comes after all that are not. */
  guarded: boolean;
  /** Why it has its score, in words that follow "because it". */
  reason: string;
}

/** One for each arm, in the order of the arms. */
export type ArmScores = readonly ArmScore[];

const REASON = {
  learned: "is ranked by the outcomes of its calls",
  described: "is ranked by its description, having been called little",
  exploring: "is being tried, so that more is known of it",
  guarded: "might answer much worse than the safest choice",
} as const;

/** Scores lie between these, so that there is room below for what is held back and above for what is being tried. */
const LOWEST = 0.001;
const SPAN = 0.998;
/** Samples in which another arm than the first may win. */
const SAMPLES = 8;

/**
 * Scores the arms for a request by the reward to be expected of them. With a probability of `exploreShare` at most
 * (`warmUpShare` until `warmUpCalls` outcomes have come) the first place goes to another arm, drawn by how probably it is
 * the best. An arm whose quality's lower bound lies more than `guardGap` under the best lower bound is never
 * first. With nothing learned the order is that of the priors. Linear in the arms, whatever was learned.
 *
 * @param random 0 to 1, anew for each call; one that always gives 1 never explores
 */
export function scoreArms(
  state: LearnedState,
  context: LearningContext,
  arms: readonly ArmPrior[],
  options: LearningOptions,
  random: () => number,
): ArmScores {
  const estimates = estimateArms(state, context, arms, options);
  const scale = scaleRewards(estimates);
  const scores = estimates.map((estimate): ArmScore => {
    const reward = weighReward(estimate, scale, options.weights);
    const reason = estimate.overallEvidence >= options.priorCalls ? REASON.learned : REASON.described;
    const { arm, quality, deviation, costNanoUsd, latencyMs, evidence, overallEvidence } = estimate;
    const score = LOWEST + SPAN * reward;
    // Written out, since spreading objects is what a decision would spend its time on.
    return {
      arm,
      quality,
      deviation,
      costNanoUsd,
      latencyMs,
      evidence,
      overallEvidence,
      score,
      exploring: false,
      guarded: false,
      reason,
    };
  });
  holdBack(scores, options);
  const share = state.calls < options.warmUpCalls ? options.warmUpShare : options.exploreShare;
  if (random() < share) explore(scores, scale, options, random);
  return scores;
}

/** Puts what might be too bad below all else. The safest arm itself is never held back. */
function holdBack(scores: ArmScore[], { guardDeviations, guardGap }: LearningOptions): void {
  const lowerBound = ({ quality, deviation }: ArmScore) => quality - guardDeviations * deviation;
  let safest = Number.NEGATIVE_INFINITY;
  for (const one of scores) safest = Math.max(safest, lowerBound(one));
  let lowest = 1;
  for (const one of scores) {
    one.guarded = lowerBound(one) < safest - guardGap;
    if (!one.guarded) lowest = Math.min(lowest, one.score);
  }
  for (const one of scores) {
    if (!one.guarded) continue;
    one.score *= lowest;
    one.reason = REASON.guarded;
  }
}

/**
 * Lets another arm than the first come first, if one wins a sample. Sampling is repeated as in top-two Thompson sampling
 * (D. Russo, "Simple Bayesian algorithms for best-arm identification", 2016), but not for ever: where the first wins all
 * samples there is hardly anything left to learn.
 */
function explore(scores: ArmScore[], scale: RewardScale, options: LearningOptions, random: () => number): void {
  const free = scores.filter(({ guarded }) => !guarded);
  const first = free.reduce((best, one) => (one.score > best.score ? one : best));
  for (let sample = 0; sample < SAMPLES && free.length > 1; sample++) {
    const drawn = drawBest(free, scale, options, random);
    if (drawn === first) continue;
    drawn.score = (first.score + 1) / 2;
    drawn.exploring = true;
    drawn.reason = REASON.exploring;
    return;
  }
}

/** The best of one sample of what each arm's quality may be. */
function drawBest(
  arms: readonly ArmScore[],
  scale: RewardScale,
  { weights }: LearningOptions,
  random: () => number,
): ArmScore {
  let best = arms[0] as ArmScore;
  let most = Number.NEGATIVE_INFINITY;
  for (const one of arms) {
    const quality = Math.min(1, Math.max(0, one.quality + one.deviation * drawNormal(random)));
    const reward = weighReward({ quality, costNanoUsd: one.costNanoUsd, latencyMs: one.latencyMs }, scale, weights);
    if (reward <= most) continue;
    most = reward;
    best = one;
  }
  return best;
}
