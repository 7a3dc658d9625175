import { addCall, addRating, type Evidence, type Expense, makeRoom, noEvidence, replaceRating } from "./evidence.ts";
import { forgetArm, forgetFaded, oldestOfFull } from "./forget-unseen.ts";
import {
  type ArmEvidence,
  type ContextEvidence,
  contextKey,
  entryOf,
  type LearnedState,
  type LearningContext,
  noArmEvidence,
} from "./learned-state.ts";
import type { LearningOptions } from "./learning-options.ts";
import { cutEvidence, isChange, usualRating, usualSuccess } from "./notice-change.ts";

/** What became of a call. */
export interface ObservedOutcome {
  readonly context: LearningContext;
  /** "provider/model". */
  readonly arm: string;
  /** Whether an answer came, good or bad. */
  readonly succeeded: boolean;
  /** How good the answer was, 0 to 1. Absent: nobody measured it, and nothing is learned of the quality. */
  readonly quality?: number;
  readonly costNanoUsd: number;
  readonly latencyMs: number;
  /** What the arm's prior had said of this request. Absent: nothing is learned of cost and latency. */
  readonly expected?: { readonly costNanoUsd: number; readonly latencyMs: number };
  /** Unix milliseconds. A time before the newest is taken as the newest. */
  readonly at: number;
}

/** What somebody thought of an answer. */
export interface ObservedFeedback {
  readonly context: LearningContext;
  /** "provider/model" that answered. */
  readonly arm: string;
  /** 0 to 1. */
  readonly score: number;
  /** What was thought of the same answer before, 0 to 1. Absent: nothing. */
  readonly earlier?: number;
  /** Unix milliseconds. */
  readonly at: number;
}

/** Times by which a figure may differ from what was expected; what lies beyond counts as this. */
const FURTHEST = 20;
/** Outcomes after which what has faded is looked for again. */
const SWEEP_EVERY = 1_024;

/**
 * Takes an outcome into what was learned, in place. One with a figure that is no finite number is left out. Constant
 * time, but for a look at everything remembered each 1,024 outcomes and whenever a change is noticed.
 */
export function advanceLearned(state: LearnedState, outcome: ObservedOutcome, options: LearningOptions): void {
  const { succeeded, quality, costNanoUsd, latencyMs, at } = outcome;
  if (![costNanoUsd, latencyMs, at, quality ?? 0].every(Number.isFinite)) return;
  const place = placeOf(state, outcome, options);
  if (place === undefined) return;
  const { arm, cell } = place;
  const changed = isChange(arm, "success", succeeded ? 1 : 0, usualSuccess(arm), options);
  const expense = succeeded ? expenseOf(outcome) : undefined;
  addCall(cell, expense);
  addCall(arm, expense);
  if (changed) cutEvidence(state, outcome.arm, arm, "success", options);
  if (succeeded && quality !== undefined) rate(state, outcome.arm, place, quality, options);
  state.calls += 1;
  if (state.calls % SWEEP_EVERY === 0) forgetFaded(state, options);
}

/** Takes feedback on an answer into what was learned, in place. It counts as one rating, however often it is changed. */
export function applyFeedback(state: LearnedState, feedback: ObservedFeedback, options: LearningOptions): void {
  if (!Number.isFinite(feedback.score) || !Number.isFinite(feedback.at)) return;
  const place = placeOf(state, feedback, options);
  if (place === undefined) return;
  const { earlier } = feedback;
  if (earlier === undefined) return rate(state, feedback.arm, place, feedback.score, options);
  const score = Math.min(1, Math.max(0, feedback.score));
  for (const evidence of [place.arm, place.cell]) replaceRating(evidence, earlier, score);
}

interface Place {
  readonly arm: ArmEvidence;
  readonly cell: Evidence;
}

/** Where an outcome belongs, faded to its time and with room for it. */
function placeOf(
  state: LearnedState,
  { arm: name, context, at }: Pick<ObservedOutcome, "arm" | "context" | "at">,
  options: LearningOptions,
): Place | undefined {
  // What every object inherits could neither be stored nor read back under its name.
  if (name in Object.prototype) return undefined;
  state.at = Math.max(state.at, at);
  const arm = entryOf(state.arms, name) ?? addArm(state, name, options.armLimit);
  const within = entryOf(state.contexts, contextKey(context)) ?? addContext(state, context, options.contextLimit);
  within.at = state.at;
  within.arms[name] ??= noEvidence(state.at);
  const cell = within.arms[name];
  makeRoom(arm, state.at, options.halfLifeMs, options.evidenceLimit);
  makeRoom(cell, state.at, options.halfLifeMs, options.evidenceLimit);
  return { arm, cell };
}

function addArm(state: LearnedState, name: string, limit: number): ArmEvidence {
  const oldest = oldestOfFull(state.arms, limit);
  if (oldest !== undefined) forgetArm(state, oldest);
  const arm = noArmEvidence(state.at);
  state.arms[name] = arm;
  return arm;
}

function addContext(state: LearnedState, { category, complexity }: LearningContext, limit: number): ContextEvidence {
  const oldest = oldestOfFull(state.contexts, limit);
  if (oldest !== undefined) delete state.contexts[oldest];
  const context: ContextEvidence = { category, complexity, at: state.at, arms: {} };
  state.contexts[contextKey(context)] = context;
  return context;
}

function expenseOf({ costNanoUsd, latencyMs, expected }: ObservedOutcome): Expense {
  const [cost, expectedCost] = withExpected(costNanoUsd, expected?.costNanoUsd);
  const [latency, expectedLatency] = withExpected(latencyMs, expected?.latencyMs);
  return { cost, expectedCost, latency, expectedLatency };
}

/** A figure, not too far from what was expected, and what was expected; the figure itself where nothing was. */
function withExpected(figure: number, expected: number | undefined): [figure: number, expected: number] {
  const own = Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, figure));
  if (expected === undefined || !(expected > 0 && expected <= Number.MAX_SAFE_INTEGER)) return [own, own];
  return [Math.min(expected * FURTHEST, Math.max(expected / FURTHEST, own)), expected];
}

function rate(state: LearnedState, name: string, { arm, cell }: Place, rating: number, options: LearningOptions): void {
  const bounded = Math.min(1, Math.max(0, rating));
  const changed = isChange(arm, "rating", bounded, usualRating(arm, cell, options), options);
  addRating(cell, bounded);
  addRating(arm, bounded);
  if (changed) cutEvidence(state, name, arm, "rating", options);
}
