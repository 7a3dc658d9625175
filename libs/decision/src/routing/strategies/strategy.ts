import type { Analysis } from "@fairlead/contracts/routing/v1/decision";
import type { CriteriaWeights } from "@fairlead/contracts/routing/v1/routing_policy";
import type { LearnedState } from "../../learning/learned-state.ts";
import type { Criteria, Weights } from "../criteria.ts";
import type { Situation } from "../situation.ts";
import type { Contender } from "../target.ts";

/** What a strategy looks at. */
export interface StrategyInput {
  readonly contenders: readonly Contender[];
  readonly criteria: Criteria;
  readonly analysis: Analysis;
  /** Whether the request's model names a contender; all are where it names none. */
  readonly isAskedFor: (contender: Contender) => boolean;
  /** Weights that the request gives; undefined: none. */
  readonly weights: CriteriaWeights | undefined;
  /** How the mesh stands; worked out when it is asked for. */
  readonly situation: () => Situation;
  /** How far weights may be moved by the situation, as a share of each, 0 to 1. */
  readonly weightBound: number;
  /** What was learned from outcomes; undefined: nothing yet. */
  readonly learned: LearnedState | undefined;
  /** Unix milliseconds. */
  readonly now: number;
  /** 0 to 1, anew for each call. */
  readonly random: () => number;
}

/** How good contenders are by a strategy. */
export interface Scoring {
  /** By place of the contender, 0 to 1; higher is better. */
  readonly scores: Float64Array;
  /** Weights as they were used, summing to one; undefined: the strategy uses none. */
  readonly weights?: Weights;
  /** Why the weights were moved, in sentences. */
  readonly adjustments?: readonly string[];
  /** True for the contender that is tried in order to learn about it. */
  readonly isExplored?: (contender: Contender) => boolean;
}

/** A way to rank contenders. */
export interface Strategy {
  /** Name by which requests choose it. */
  readonly name: string;
  /** Why its first is first, in words that follow "because it". */
  readonly because: string;
  /** True when only the models that the request names may be asked. */
  readonly pinned?: boolean;
  /** True when contenders come first in proportion to their scores instead of the best always. */
  readonly spread?: boolean;
  score(input: StrategyInput): Scoring;
}
