import { type Evidence, fading } from "./evidence.ts";
import { contextKey, entryOf, type LearnedState, type LearningContext } from "./learned-state.ts";
import type { LearningOptions } from "./learning-options.ts";

/** What the catalogue says of an arm for a request. */
export interface ArmPrior {
  /** "provider/model". */
  readonly arm: string;
  /** 0 to 1. */
  readonly quality: number;
  readonly costNanoUsd: number;
  readonly latencyMs: number;
}

/** What is to be expected of an arm. */
export interface ArmEstimate {
  readonly arm: string;
  /** Mean of how good an answer will be, 0 to 1; a failure counts as 0. */
  quality: number;
  /** Standard deviation of that mean. */
  deviation: number;
  costNanoUsd: number;
  latencyMs: number;
  /** Calls behind it in this context, fading with age. */
  evidence: number;
  /** The same over all contexts. */
  overallEvidence: number;
}

/** What is known of the arms on one level, by their places, as it counts now. */
interface Level {
  readonly evidence: readonly (Evidence | undefined)[];
  /** What each counts of its sums. */
  readonly faded: Float64Array;
  readonly rated: Float64Array;
  /** Sums of the ratings. */
  readonly quality: Float64Array;
}

/** Ratings that "the catalogue is right on the whole" counts as; likewise "a context is as hard as any". */
const SHIFT_RATINGS = 10;
/** Qualities are never taken as certain. */
const LEAST = 0.02;

/**
 * Estimates what each arm will do, by shrinking each level towards the one above as far as its evidence is thin: arm in
 * this context, arm over all contexts, catalogue (empirical Bayes with additive shifts; Efron and Morris, "Stein's
 * paradox in statistics", 1977). Since a catalogue's figures are no success rates, they are first moved by what the arms
 * with evidence are off by, so that only its differences between arms are believed; a context's hardness likewise.
 */
export function estimateArms(
  state: LearnedState,
  context: LearningContext,
  arms: readonly ArmPrior[],
  options: LearningOptions,
): ArmEstimate[] {
  const overall = levelOf(state.arms, arms, state.at, options);
  const within = levelOf(entryOf(state.contexts, contextKey(context))?.arms ?? {}, arms, state.at, options);
  const described = new Float64Array(arms.length);
  const strengths = new Float64Array(arms.length).fill(options.priorCalls);
  for (let index = 0; index < arms.length; index++) described[index] = bounded((arms[index] as ArmPrior).quality);
  const general = shrinkAll(described, overall, strengths);
  for (let index = 0; index < arms.length; index++) {
    // A mean that itself rests on little is a weak guide: variances add, so strengths add as resistances in parallel.
    strengths[index] = 1 / (1 / (options.priorCalls + at(overall.rated, index)) + 1 / options.contextCalls);
  }
  const special = shrinkAll(general, within, strengths);
  return arms.map((prior, index) =>
    combine(prior, index, at(special, index), at(strengths, index), overall, within, options),
  );
}

function levelOf(
  record: Readonly<Record<string, Evidence>>,
  arms: readonly ArmPrior[],
  now: number,
  { halfLifeMs }: LearningOptions,
): Level {
  const evidence = arms.map(({ arm }) => entryOf(record, arm));
  const faded = new Float64Array(arms.length);
  const rated = new Float64Array(arms.length);
  const quality = new Float64Array(arms.length);
  for (let index = 0; index < arms.length; index++) {
    const own = evidence[index];
    if (own === undefined) continue;
    const share = fading(own.at, now, halfLifeMs);
    faded[index] = share;
    rated[index] = own.rated * share;
    quality[index] = own.quality * share;
  }
  return { evidence, faded, rated, quality };
}

/** Means of ratings, each shrunk to its guess after all guesses were moved by what they are off by on the whole. */
function shrinkAll(guesses: Float64Array, { rated, quality }: Level, strengths: Float64Array): Float64Array {
  let off = 0;
  let ratings = SHIFT_RATINGS;
  for (let index = 0; index < guesses.length; index++) {
    off += at(quality, index) - at(rated, index) * at(guesses, index);
    ratings += at(rated, index);
  }
  const shift = off / ratings;
  const shrunk = new Float64Array(guesses.length);
  for (let index = 0; index < guesses.length; index++) {
    const strength = at(strengths, index);
    shrunk[index] = bounded(
      (strength * bounded(at(guesses, index) + shift) + at(quality, index)) / (strength + at(rated, index)),
    );
  }
  return shrunk;
}

function combine(
  prior: ArmPrior,
  index: number,
  rating: number,
  strength: number,
  overall: Level,
  within: Level,
  options: LearningOptions,
): ArmEstimate {
  const general = endingOf(
    overall,
    index,
    { weight: 0, success: options.priorSuccess, costRatio: 1, latencyRatio: 1 },
    options,
  );
  const special = endingOf(within, index, general, options);
  const { success, costRatio, latencyRatio, weight } = special;
  const ratingVariance = (rating * (1 - rating)) / (strength + at(within.rated, index) + 1);
  const successVariance = (success * (1 - success)) / (options.successCalls + weight + 1);
  return {
    arm: prior.arm,
    quality: rating * success,
    deviation: Math.sqrt(success * success * ratingVariance + rating * rating * successVariance),
    costNanoUsd: positive(prior.costNanoUsd) * costRatio,
    latencyMs: positive(prior.latencyMs) * latencyRatio,
    evidence: weight,
    overallEvidence: general.weight,
  };
}

/** How calls end, by one level. */
interface Ending {
  /** Calls it rests on. */
  readonly weight: number;
  readonly success: number;
  readonly costRatio: number;
  readonly latencyRatio: number;
}

/** How calls end, shrunk towards the level above. */
function endingOf(level: Level, index: number, above: Ending, { successCalls, contextCalls }: LearningOptions): Ending {
  const evidence = level.evidence[index];
  if (evidence === undefined) return { ...above, weight: 0 };
  const { cost, expectedCost, latency, expectedLatency } = evidence;
  const weight = evidence.weight * at(level.faded, index);
  const succeeded = evidence.succeeded * at(level.faded, index);
  const ratio = (actual: number, expected: number, otherwise: number) =>
    (contextCalls * otherwise + succeeded * (expected > 0 ? actual / expected : otherwise)) /
    (contextCalls + succeeded);
  return {
    weight,
    success: (successCalls * above.success + succeeded) / (successCalls + weight),
    costRatio: ratio(cost, expectedCost, above.costRatio),
    latencyRatio: ratio(latency, expectedLatency, above.latencyRatio),
  };
}

/** Places are within the length by construction. */
function at(column: Float64Array, index: number): number {
  return column[index] as number;
}

function bounded(quality: number): number {
  return quality >= LEAST ? Math.min(1 - LEAST, quality) : LEAST;
}

/** What is no number is as bad as can be. */
function positive(figure: number): number {
  return figure >= 0 ? Math.min(figure, Number.MAX_SAFE_INTEGER) : Number.MAX_SAFE_INTEGER;
}
