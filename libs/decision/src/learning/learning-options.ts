/** How much each part of a reward counts. They are scaled to sum to one. */
export interface RewardWeights {
  readonly quality: number;
  readonly cost: number;
  readonly latency: number;
}

/** How an adaptive router learns, explores and forgets. Shares are 0 to 1. */
export interface LearningOptions {
  readonly weights: RewardWeights;
  /** Calls that what the catalogue says of an arm counts as. */
  readonly priorCalls: number;
  /** Calls that an arm's figures over all contexts count as within one context. */
  readonly contextCalls: number;
  /** Success rate taken for an arm that was never called. */
  readonly priorSuccess: number;
  /** Calls that `priorSuccess` counts as. */
  readonly successCalls: number;
  /** Share of decisions at most that try something else than the best known. */
  readonly exploreShare: number;
  /** The same until `warmUpCalls` outcomes have come. */
  readonly warmUpShare: number;
  readonly warmUpCalls: number;
  /** Standard deviations that the lower bound of a quality lies under its mean. */
  readonly guardDeviations: number;
  /** How far the lower bound of a quality may lie under that of the safest arm before the arm is held back. */
  readonly guardGap: number;
  /** Milliseconds after which an outcome counts half. */
  readonly halfLifeMs: number;
  /** Outcomes that figures rest on at most; with more, old ones give way to new ones. */
  readonly evidenceLimit: number;
  /** Calls of an arm without a change between two false alarms, at least on average. */
  readonly callsBetweenFalseAlarms: number;
  /** What is left of the odds of a good answer after the smallest change worth an alarm. */
  readonly changedOdds: number;
  /** Outcomes that must be known before a change can be noticed. */
  readonly changeEvidence: number;
  /** Share of the evidence that is kept after a change. */
  readonly keptAfterChange: number;
  /** Contexts remembered at most; the one unseen for longest gives way. */
  readonly contextLimit: number;
  /** Arms remembered at most; the one unseen for longest gives way. */
  readonly armLimit: number;
}

/** Defaults, each with its reason. */
export const DEFAULT_LEARNING: LearningOptions = {
  // On the scales of `weigh-reward.ts` a tenth of the price is worth three points of quality, and no more.
  weights: { quality: 0.9, cost: 0.08, latency: 0.02 },
  // A catalogue tells as much as a handful of calls: enough to order arms, too little to hold out against outcomes.
  priorCalls: 8,
  contextCalls: 12,
  priorSuccess: 0.98,
  successCalls: 20,
  // One request in twenty keeps figures of other arms fresh; at first more, since everything is still to be learned.
  exploreShare: 0.05,
  warmUpShare: 0.15,
  warmUpCalls: 300,
  // One deviation of an arm known by its catalogue alone is about 0.16, so arms up to 0.25 below the best are tried.
  guardDeviations: 1,
  guardGap: 0.4,
  // Vendors change models within weeks: an outcome of last week counts half.
  halfLifeMs: 7 * 24 * 3_600_000,
  evidenceLimit: 300,
  callsBetweenFalseAlarms: 10_000,
  // From 90 % right to 64 %, or from 50 % to 17 %: what is smaller is followed by the means themselves.
  changedOdds: 0.2,
  changeEvidence: 20,
  keptAfterChange: 0.05,
  // Six categories of three complexities fit three times; every provider's models fit.
  contextLimit: 64,
  armLimit: 256,
};
