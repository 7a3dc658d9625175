import { create } from "@bufbuild/protobuf";
import type { Candidate } from "@fairlead/contracts/routing/v1/decision";
import { type CriteriaWeights, CriteriaWeightsSchema } from "@fairlead/contracts/routing/v1/routing_policy";
import type { Tiered } from "./decide-route.ts";
import { at, type Criteria, type Weights } from "./criteria.ts";

/** A ranked contender as it is told. A message is a plain object with its type's name; `create` would look up each field. */
export function toCandidate({ target, prediction, place, score, tier }: Tiered, criteria: Criteria): Candidate {
  return {
    $typeName: "fairlead.routing.v1.Candidate",
    provider: target.provider,
    model: target.model.model,
    deployment: target.deployment,
    tier,
    score,
    criteria: {
      cost: at(criteria.cost, place),
      latency: at(criteria.latency, place),
      quality: at(criteria.quality, place),
      reliability: at(criteria.reliability, place),
      load: at(criteria.load, place),
    },
    predictedCostNanoUsd: prediction.costNanoUsd,
    worstCaseCostNanoUsd: prediction.worstCaseNanoUsd,
    predictedLatencyMs: prediction.latencyMs,
    predictedQuality: prediction.quality,
    predictedSuccess: prediction.reliability,
    evidence: target.state?.evidence ?? 0,
  };
}

/** Weights as they are told. */
export function toWeights({ cost = 0, latency = 0, quality = 0, reliability = 0, load = 0 }: Weights): CriteriaWeights {
  return create(CriteriaWeightsSchema, { cost, latency, quality, reliability, load });
}
