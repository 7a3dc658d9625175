import type { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import type { Analysis, Removal } from "@fairlead/contracts/routing/v1/decision";
import type { RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import type { Needs } from "../analysis/analyze-request.ts";
import { outputBound, predictOutcome } from "./predict-outcome.ts";
import type { Contender, Sifted, Target } from "./target.ts";

/** What a request asks of its target. */
export interface Demand {
  readonly kind: ModelKind;
  readonly analysis: Analysis;
  readonly needs: Needs;
  readonly streaming: boolean;
  /** Output tokens asked for at most; undefined: the model's own bound. */
  readonly maxOutputTokens: number | undefined;
  readonly policy: RoutingPolicy;
  /** Unix milliseconds. */
  readonly now: number;
}

type Finding = readonly [stage: string, reason: string, detail: string];

/**
 * Takes out what cannot, may not or should not take a request, in the order availability, capability, policy. What
 * only breaks a wish that may be relaxed stays, with a reservation.
 */
export function siftTargets(targets: readonly Target[], demand: Demand): Sifted {
  const contenders: Contender[] = [];
  const removals: Removal[] = [];
  for (const target of targets) {
    if (target.model.kind !== demand.kind) continue;
    const found = unavailable(target, demand) ?? incapable(target, demand) ?? unwanted(target, demand);
    if (found !== undefined || target.price === undefined) {
      removals.push(removal(target, found ?? ["capability", "price_unknown", "Its price is not known, and unknown is not free."]));
      continue;
    }
    const prediction = predictOutcome(target, target.price, demand.analysis, outputBound(target, demand.maxOutputTokens));
    const cap = demand.policy.maxCostNanoUsd;
    if (cap !== undefined && prediction.worstCaseNanoUsd > cap) {
      removals.push(removal(target, ["policy", "cost_limit", "Its worst-case cost is above the request's limit."]));
      continue;
    }
    contenders.push({ target, prediction, reservation: reservationOf(target, prediction, demand.policy) });
  }
  return { contenders, removals };
}

function unavailable(target: Target, demand: Demand): Finding | undefined {
  const { state } = target;
  if (state?.circuit === CircuitState.OPEN) return ["availability", "circuit_open", "Its circuit is open after failures."];
  if (state !== undefined && state.rateLimitedUntilUnixMs !== 0n && Number(state.rateLimitedUntilUnixMs) > demand.now) {
    return ["availability", "rate_limited", "The provider asked to wait."];
  }
  return undefined;
}

function incapable(target: Target, demand: Demand): Finding | undefined {
  const { capabilities, contextWindowTokens } = target.model;
  const { needs, analysis } = demand;
  if (needs.tools && capabilities?.tools !== true) return lacks("tools", "call tools");
  if (needs.vision && capabilities?.vision !== true) return lacks("vision", "look at pictures");
  if (needs.audio && capabilities?.audioInput !== true) return lacks("audio", "listen");
  if (needs.files && capabilities?.files !== true) return lacks("files", "read documents");
  if (needs.structuredOutput && capabilities?.structuredOutput !== true) return lacks("structured_output", "follow a JSON schema");
  if (demand.streaming && capabilities?.streaming !== true) return lacks("streaming", "stream");
  const answer = demand.maxOutputTokens === undefined ? 0 : outputBound(target, demand.maxOutputTokens);
  if (analysis.inputTokens + answer > contextWindowTokens) {
    return ["capability", "context_too_small", `About ${analysis.inputTokens} tokens do not fit ${contextWindowTokens}.`];
  }
  return undefined;
}

function lacks(capability: string, words: string): Finding {
  return ["capability", `no_${capability}`, `It does not ${words}.`];
}

function unwanted(target: Target, { policy }: Demand): Finding | undefined {
  if (policy.provider !== "" && policy.provider !== target.provider) return ["policy", "other_provider", `Only ${policy.provider} is wanted.`];
  if (policy.excludedProviders.includes(target.provider)) return ["policy", "excluded_provider", "Its provider is not wanted."];
  return undefined;
}

function reservationOf(target: Target, prediction: Contender["prediction"], policy: RoutingPolicy): string | undefined {
  if (target.verdict === Verdict.UNHEALTHY) return `unhealthy: ${target.verdictReason}`;
  if (policy.minQuality !== undefined && prediction.quality < policy.minQuality) return "below the quality asked for";
  if (policy.maxLatencyMs !== undefined && prediction.latencyMs > policy.maxLatencyMs) return "slower than asked for";
  return undefined;
}

/** A message is a plain object with its type's name; `create` would look up each field for hundreds of them. */
function removal(target: Target, [stage, reason, detail]: Finding): Removal {
  return { $typeName: "fairlead.routing.v1.Removal", provider: target.provider, model: target.model.model, stage, reason, detail };
}
