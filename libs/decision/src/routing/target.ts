import type { ModelDescription, TargetLimits } from "@fairlead/contracts/adapter/v1/model";
import type { TargetState } from "@fairlead/contracts/balancing/v1/target";
import type { EffectivePrice } from "@fairlead/contracts/cost/v1/cost_service";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import type { Removal } from "@fairlead/contracts/routing/v1/decision";
import type { Verdict } from "@fairlead/contracts/sla/v1/health";

/** A deployment of a model at a provider with all that is known of it when a request comes. */
export interface Target {
  readonly provider: string;
  readonly model: ModelDescription;
  /** Empty: the model's only deployment. */
  readonly deployment: string;
  /** Region of the deployment. Empty: not known. */
  readonly region: string;
  /** Intended share of the traffic among equals, in any unit. */
  readonly weight: number;
  /** What the provider lets through; undefined: no limit known. */
  readonly limits: TargetLimits | undefined;
  /** True when the provider runs beside the mesh. */
  readonly local: boolean;
  /** Dialects whose own blocks and fields its provider takes. */
  readonly dialects: readonly string[];
  /** Price that holds now; undefined: not known. */
  readonly price: ModelPrice | undefined;
  /** What it was measured to cost, caching included; undefined: not measured. */
  readonly effectivePrice: EffectivePrice | undefined;
  /** Live figures; undefined: none yet. */
  readonly state: TargetState | undefined;
  readonly verdict: Verdict;
  /** Why the verdict is not healthy. */
  readonly verdictReason: string;
}

/** What all deployments of a model have in common for a request, before any weighing. */
export interface OfferPrediction {
  /** Predicted cost in nano-dollars, as a double for weighing. */
  readonly cost: number;
  /** Predicted quality, 0 to 1. */
  readonly quality: number;
  /** Tokens of an answer at most. */
  readonly outputBound: number;
}

/** How good a target is for a request, before any weighing. */
export interface Prediction {
  /** Predicted cost in nano-dollars. */
  readonly costNanoUsd: bigint;
  /** The same as a double. */
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

/** A target that can take the request, with its prediction. Hundreds are made for each decision, so it holds no more. */
export interface Contender {
  /** Its place among the contenders, for columns of figures. */
  readonly place: number;
  readonly target: Target;
  /** Key of the target. */
  readonly key: string;
  /** Its place in the order of the keys. */
  readonly rank: number;
  /** Number of its model at its provider, as in the index of the targets. */
  readonly offer: number;
  /** Number of the model's weights, whoever offers them, as in the index of the targets. */
  readonly equals: number;
  /** What is predicted of it at any of its deployments. */
  readonly offered: OfferPrediction;
  /** Predicted milliseconds of the whole answer. */
  readonly latencyMs: number;
  /** Share of calls that succeed, 0 to 1. */
  readonly reliability: number;
  /** Why it may only be used when nothing better is left; undefined: it may be used freely. */
  readonly reservation: string | undefined;
}

/** Targets that were taken out for the same reason. */
export interface RemovalCount {
  readonly stage: string;
  readonly reason: string;
  count: number;
  /** How many of them are of providers that the request wants. */
  wanted: number;
}

/** What was left of the targets, and what was taken out. */
export interface Sifted {
  readonly contenders: readonly Contender[];
  /** As many as were asked to be told. */
  readonly removals: Removal[];
  /** All of them, counted by reason. */
  readonly removalCounts: readonly RemovalCount[];
}
