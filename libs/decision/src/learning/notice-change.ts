import { advanceDrift, clearDrift } from "./detect-change.ts";
import { type Evidence, fading, scaleEvidence } from "./evidence.ts";
import { type ArmEvidence, entryOf, type LearnedState } from "./learned-state.ts";
import type { LearningOptions } from "./learning-options.ts";

/** Figures that are watched for a change. */
export type Watched = "success" | "rating";

/** What a figure usually is, 0 to 1, and the outcomes that this rests on. */
export interface Usual {
  readonly mean: number;
  readonly evidence: number;
}

/** How many calls of an arm usually succeed. */
export function usualSuccess({ succeeded, weight }: Evidence): Usual {
  return { mean: (succeeded + 1) / (weight + 2), evidence: weight };
}

/** How an arm's answers are usually rated in a context, so that another mix of contexts is not taken for a change. */
export function usualRating(arm: Evidence, cell: Evidence, { contextCalls }: LearningOptions): Usual {
  const overall = (arm.quality + 1) / (arm.rated + 2);
  return { mean: (contextCalls * overall + cell.quality) / (contextCalls + cell.rated), evidence: arm.rated };
}

/**
 * Whether an outcome is the one that shows an arm to have become worse. The reference is the lower bound of what is
 * usual, since the arms that are called most are also those that had luck.
 */
export function isChange(
  arm: ArmEvidence,
  watched: Watched,
  outcome: number,
  usual: Usual,
  options: LearningOptions,
): boolean {
  if (usual.evidence < options.changeEvidence) return false;
  const deviation = Math.sqrt((usual.mean * (1 - usual.mean)) / (usual.evidence + 1));
  return advanceDrift(arm[watched], outcome, usual.mean - deviation, options);
}

/** After a change what was known of an arm counts little, and of the figure that changed only what came since. */
export function cutEvidence(
  state: LearnedState,
  name: string,
  arm: ArmEvidence,
  watched: Watched,
  options: LearningOptions,
): void {
  scaleEvidence(arm, options.keptAfterChange);
  for (const context of Object.values(state.contexts)) {
    const cell = entryOf(context.arms, name);
    if (cell === undefined) continue;
    scaleEvidence(cell, options.keptAfterChange * fading(cell.at, state.at, options.halfLifeMs));
    cell.at = state.at;
  }
  const { since, sum } = arm[watched];
  if (watched === "success") Object.assign(arm, { weight: since, succeeded: sum });
  else Object.assign(arm, { rated: since, quality: sum });
  arm.changedAt = state.at;
  clearDrift(arm.success);
  clearDrift(arm.rating);
}
