import { addEvidence } from "./evidence.ts";
import { forgetArm } from "./forget-unseen.ts";
import { contextKey, entryOf, type LearnedState, type LearningContext, noArmEvidence } from "./learned-state.ts";
import type { LearningOptions } from "./learning-options.ts";

/** What is to be forgotten: an arm, a context, an arm in a context; neither named: everything. */
export interface ResetScope {
  readonly arm?: string;
  readonly context?: LearningContext;
}

/** Forgets in place. What is known over all contexts is made anew from the contexts that are left. */
export function resetLearned(
  state: LearnedState,
  scope: ResetScope,
  { halfLifeMs }: Pick<LearningOptions, "halfLifeMs">,
): void {
  const { arm, context } = scope;
  if (context === undefined) {
    for (const name of arm === undefined ? Object.keys(state.arms) : [arm]) forgetArm(state, name);
    if (arm === undefined) for (const key of Object.keys(state.contexts)) delete state.contexts[key];
    if (arm === undefined) state.calls = 0;
    return;
  }
  const key = contextKey(context);
  const within = entryOf(state.contexts, key);
  if (within === undefined) return;
  const names = arm === undefined ? Object.keys(within.arms) : [arm];
  for (const name of names) delete within.arms[name];
  if (Object.keys(within.arms).length === 0) delete state.contexts[key];
  for (const name of names) sumUp(state, name, halfLifeMs);
}

function sumUp(state: LearnedState, name: string, halfLifeMs: number): void {
  const known = entryOf(state.arms, name);
  if (known === undefined) return;
  const sum = noArmEvidence(state.at);
  for (const { arms } of Object.values(state.contexts)) {
    const cell = entryOf(arms, name);
    if (cell !== undefined) addEvidence(sum, cell, state.at, halfLifeMs);
  }
  if (sum.calls === 0 && sum.rated === 0) delete state.arms[name];
  else state.arms[name] = { ...sum, changedAt: known.changedAt };
}
