import { advanceLearned } from "@fairlead/decision/learning/advance-learned";
import type { ArmPrior } from "@fairlead/decision/learning/estimate-arms";
import { createLearned, type LearnedState, type LearningContext } from "@fairlead/decision/learning/learned-state";
import type { LearningOptions } from "@fairlead/decision/learning/learning-options";
import { type ArmScores, scoreArms } from "@fairlead/decision/learning/score-arm";
import type { Case, Model, Result } from "../several-models/read-outcomes.ts";

/** By what requests are told apart: the table's own categories, or what the product finds out by itself. */
export type ContextSource = "table" | "analysis";

/** A case that comes as a request. */
export interface Arrival {
  readonly case: Case;
  readonly context: LearningContext;
  readonly priors: readonly ArmPrior[];
  /** What each model would answer now; only the chosen one's is revealed. */
  readonly results: readonly Result[];
}

/** What was done with a request. */
export interface Step {
  readonly arrival: Arrival;
  /** Place of the model among the models. */
  readonly chosen: number;
  readonly exploring: boolean;
  readonly result: Result;
  /** What was predicted of the chosen one. */
  readonly predicted: { readonly quality: number; readonly costNanoUsd: number; readonly latencyMs: number };
  /** Models of which the outcome raised an alarm. */
  readonly alarms: readonly string[];
}

/** Milliseconds between requests: one a second. */
const BETWEEN_MS = 1_000;
/** Speed of a model of which nothing is known. */
const FIRST_TOKEN_MS = 1_000;
const TOKENS_PER_SECOND = 50;

/**
 * Makes the requests of cases, with what a price list alone says of each model.
 *
 * @param qualities expected of each model before anything was learned, 0 to 1
 */
export function arrivalsOf(
  cases: readonly Case[],
  models: readonly Model[],
  qualities: readonly number[],
  source: ContextSource,
): Arrival[] {
  return cases.map((one) => {
    const { complexity, inputTokens, outputTokens } = one.analysis;
    const priors = models.map(({ name, priceIn, priceOut }, index) => ({
      arm: name,
      quality: qualities[index] as number,
      costNanoUsd: 1_000 * (inputTokens * priceIn + outputTokens * priceOut),
      latencyMs: FIRST_TOKEN_MS + (outputTokens / TOKENS_PER_SECOND) * 1_000,
    }));
    const category = source === "table" ? one.category : one.analysis.category;
    return { case: one, context: { category, complexity }, priors, results: one.results };
  });
}

/** Sends requests one by one and learns from the chosen model's outcome, and from no other. */
export function replay(
  arrivals: readonly Arrival[],
  options: LearningOptions,
  random: () => number,
  state = createLearned(),
): Step[] {
  return arrivals.map((arrival, index) => {
    const scores = scoreArms(state, arrival.context, arrival.priors, options, random);
    const step = stepOf(arrival, scores);
    const alarms = learn(state, step, index * BETWEEN_MS, options);
    return { ...step, alarms };
  });
}

/** Sends the same requests by the priors alone: what the strategy does before it has learned anything. */
export function replayFrozen(arrivals: readonly Arrival[], options: LearningOptions): Step[] {
  const state = createLearned();
  return arrivals.map((arrival) => ({
    ...stepOf(
      arrival,
      scoreArms(state, arrival.context, arrival.priors, options, () => 1),
    ),
    alarms: [],
  }));
}

function stepOf(arrival: Arrival, scores: ArmScores): Omit<Step, "alarms"> {
  let chosen = 0;
  for (let index = 1; index < scores.length; index++) {
    if ((scores[index]?.score ?? 0) > (scores[chosen]?.score ?? 0)) chosen = index;
  }
  const { quality, costNanoUsd, latencyMs, exploring } = scores[chosen] as ArmScores[number];
  return {
    arrival,
    chosen,
    exploring,
    result: arrival.results[chosen] as Result,
    predicted: { quality, costNanoUsd, latencyMs },
  };
}

function learn(
  state: LearnedState,
  { arrival, chosen, result }: Omit<Step, "alarms">,
  at: number,
  options: LearningOptions,
): string[] {
  const { arm, costNanoUsd, latencyMs } = arrival.priors[chosen] as ArmPrior;
  const before = state.arms[arm]?.changedAt ?? 0;
  advanceLearned(
    state,
    {
      context: arrival.context,
      arm,
      succeeded: true,
      quality: result.correct,
      costNanoUsd: result.costNanoUsd,
      latencyMs: result.latencyMs,
      expected: { costNanoUsd, latencyMs },
      // Time 0 would read as "never".
      at: at + BETWEEN_MS,
    },
    options,
  );
  const after = state.arms[arm]?.changedAt ?? 0;
  return after > before ? [arm] : [];
}
