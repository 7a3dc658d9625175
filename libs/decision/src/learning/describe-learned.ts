import { type Evidence, fading } from "./evidence.ts";
import type { LearnedState } from "./learned-state.ts";
import type { LearningOptions } from "./learning-options.ts";

/** A share with its 95 % interval; all 0 to 1. */
export interface Share {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** What was learned of an arm, in one context or over all. */
export interface LearnedRow {
  readonly arm: string;
  /** Undefined: over all contexts. */
  readonly context: { readonly category: string; readonly complexity: string } | undefined;
  /** Outcomes ever. */
  readonly calls: number;
  /** Outcomes and ratings that still count, by their age. */
  readonly evidence: number;
  readonly ratings: number;
  /** Share of calls that were answered; undefined: no evidence. */
  readonly success: Share | undefined;
  /** Mean rating of the answers; undefined: none was rated. */
  readonly quality: Share | undefined;
  /** Mean nano-dollars and milliseconds of an answered call; undefined: none was answered. */
  readonly costNanoUsd: number | undefined;
  readonly latencyMs: number | undefined;
  /** What calls cost and took, as a share of what the catalogue had said. 1: as said, or not known. */
  readonly costRatio: number;
  readonly latencyRatio: number;
  /** Unix milliseconds of the newest outcome. */
  readonly lastSeenAt: number;
  /** Unix milliseconds at which the arm was last noticed to have become worse; undefined: never. */
  readonly lastChangeAt: number | undefined;
}

/** Of the standard normal distribution, for 95 %. */
const QUANTILE = 1.96;

/** Lists what was learned: each arm over all contexts and then in each, by name. Only outcomes, nothing of the catalogue. */
export function describeLearned(
  state: LearnedState,
  { halfLifeMs }: Pick<LearningOptions, "halfLifeMs">,
): LearnedRow[] {
  const rows: LearnedRow[] = [];
  const rowOf = (arm: string, context: LearnedRow["context"], evidence: Evidence): LearnedRow =>
    describeEvidence(
      arm,
      context,
      evidence,
      fading(evidence.at, state.at, halfLifeMs),
      state.arms[arm]?.changedAt ?? 0,
    );
  for (const [arm, evidence] of sorted(state.arms)) {
    rows.push(rowOf(arm, undefined, evidence));
    for (const [, { category, complexity, arms }] of sorted(state.contexts)) {
      const cell = arms[arm];
      if (cell !== undefined) rows.push(rowOf(arm, { category, complexity }, cell));
    }
  }
  return rows;
}

function describeEvidence(
  arm: string,
  context: LearnedRow["context"],
  evidence: Evidence,
  faded: number,
  changedAt: number,
): LearnedRow {
  const { weight, succeeded, rated, quality, cost, latency, expectedCost, expectedLatency } = evidence;
  return {
    arm,
    context,
    calls: evidence.calls,
    evidence: weight * faded,
    ratings: rated * faded,
    success: shareOf(succeeded, weight, faded),
    quality: shareOf(quality, rated, faded),
    costNanoUsd: succeeded > 0 ? cost / succeeded : undefined,
    latencyMs: succeeded > 0 ? latency / succeeded : undefined,
    costRatio: expectedCost > 0 ? cost / expectedCost : 1,
    latencyRatio: expectedLatency > 0 ? latency / expectedLatency : 1,
    lastSeenAt: evidence.at,
    lastChangeAt: changedAt === 0 ? undefined : changedAt,
  };
}

/** A share with the score interval of E. Wilson (1927), which holds for few outcomes too. */
function shareOf(good: number, all: number, faded: number): Share | undefined {
  const count = all * faded;
  if (count <= 0) return undefined;
  const mean = Math.min(1, good / all);
  const spread = QUANTILE ** 2 / count;
  const center = (mean + spread / 2) / (1 + spread);
  const half = Math.sqrt((mean * (1 - mean) + spread / 4) * spread) / (1 + spread);
  return { mean, low: Math.max(0, Math.min(mean, center - half)), high: Math.min(1, Math.max(mean, center + half)) };
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
