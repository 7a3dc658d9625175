import type { ModelDescription } from "@fairlead/contracts/adapter/v1/model";
import type { TargetState } from "@fairlead/contracts/balancing/v1/target";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import type { Removal } from "@fairlead/contracts/routing/v1/decision";
import type { Verdict } from "@fairlead/contracts/sla/v1/health";

/** A model at a provider with all that is known of it when a request comes. */
export interface Target {
  readonly provider: string;
  readonly model: ModelDescription;
  /** True when the provider runs beside the mesh. */
  readonly local: boolean;
  /** Price that holds now; undefined: not known. */
  readonly price: ModelPrice | undefined;
  /** Live figures; undefined: none yet. */
  readonly state: TargetState | undefined;
  readonly verdict: Verdict;
  /** Why the verdict is not healthy. */
  readonly verdictReason: string;
}

/** How good a target is for a request, before any weighing. */
export interface Prediction {
  /** Predicted cost in nano-dollars. */
  readonly costNanoUsd: bigint;
  /** The same as a double, for weighing. */
  readonly cost: number;
  /** Cost at most in nano-dollars, with the answer's bound. */
  readonly worstCaseNanoUsd: bigint;
  /** Predicted milliseconds of the whole answer. */
  readonly latencyMs: number;
  /** Predicted quality, 0 to 1. */
  readonly quality: number;
  /** Share of calls that succeed, 0 to 1. */
  readonly reliability: number;
}

/** A target that can take the request, with its prediction. */
export interface Contender {
  readonly target: Target;
  readonly prediction: Prediction;
  /** Why it may only be used when nothing better is left; undefined: it may be used freely. */
  readonly reservation: string | undefined;
}

/** What was left of the targets, and what was taken out. */
export interface Sifted {
  readonly contenders: readonly Contender[];
  readonly removals: Removal[];
}
