import type { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import type { Analysis, Removal } from "@fairlead/contracts/routing/v1/decision";
import type { RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import type { Needs } from "../analysis/analyze-request.ts";
import { type Finding, indexTargets, type Offer, type TargetIndex } from "./index-targets.ts";
import { fitsPin, type Pins, tellPin } from "./pins.ts";
import { outputBound, predictOffer, predictWorstCase } from "./predict-outcome.ts";
import type { Contender, OfferPrediction, RemovalCount, Sifted, Target } from "./target.ts";

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
  /** What only some targets can use; absent: nothing. */
  readonly pins?: Pins;
}

const RATE_LIMITED: Finding = ["availability", "rate_limited", "The provider asked to wait."];

/** What is found out once for all deployments of a model. */
type OfferView = { readonly wanted: boolean } & (
  | { readonly kind: "possible"; readonly prediction: OfferPrediction }
  | { readonly kind: "removed"; readonly finding: Finding }
);

/**
 * Takes out what cannot, may not or should not take a request, in the order pins, availability, capability, policy. What
 * only breaks a wish that may be relaxed stays, with a reservation.
 *
 * @param isEligible whether a target comes into question at all; others are not mentioned
 * @param told       removals that are told one by one, at most
 */
export function siftTargets(
  targets: readonly Target[],
  demand: Demand,
  isEligible: (target: Target) => boolean,
  told: number,
): Sifted {
  const index = indexTargets(targets);
  const { outputTokens } = demand.analysis;
  const required = demand.pins?.required ?? [];
  const views = new Array<OfferView | undefined>(index.offers.length);
  const contenders: Contender[] = [];
  const removals = new Removals(told);
  for (let position = 0; position < targets.length; position++) {
    const target = targets[position] as Target;
    if (target.model.kind !== demand.kind || !isEligible(target)) continue;
    const offer = index.offerOf[position] as number;
    const view = (views[offer] ??= examine(index.offers[offer] as Offer, demand));
    const pinned = pinnedElsewhere(target, required);
    const finding = pinned ?? unavailable(index, position, demand.now) ?? (view.kind === "removed" ? view.finding : undefined);
    if (finding !== undefined) removals.add(target, finding, view.wanted && pinned === undefined);
    else if (view.kind === "possible") {
      const latencyMs = (index.baseMs[position] as number) + outputTokens * (index.msPerToken[position] as number);
      contenders.push({
        place: contenders.length,
        target,
        key: index.keys[position] as string,
        rank: index.rankOf[position] as number,
        offer,
        equals: index.equalsOf[position] as number,
        offered: view.prediction,
        latencyMs,
        reliability: index.reliability[position] as number,
        reservation: reservationOf(target, view.prediction.quality, latencyMs, demand.policy),
      });
    }
  }
  return { contenders, removals: removals.told, removalCounts: [...removals.counts.values()] };
}

/** A request that is pinned to others says nothing about this one; nor does what became of it. */
function pinnedElsewhere(target: Target, required: Pins["required"]): Finding | undefined {
  const pin = required.find((one) => !fitsPin(one, target));
  return pin === undefined ? undefined : ["policy", pin.kind, `${sentence(tellPin(pin))}.`];
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function unavailable({ blocks, blockedUntil }: TargetIndex, position: number, now: number): Finding | undefined {
  if ((blockedUntil[position] as number) > now) return RATE_LIMITED;
  return blocks[position];
}

function examine({ provider, model, price }: Offer, demand: Demand): OfferView {
  const unwantedFor = unwanted(provider, demand);
  const wanted = unwantedFor === undefined;
  const finding = incapable(model, demand) ?? unwantedFor;
  if (finding !== undefined) return { kind: "removed", wanted, finding };
  if (price === undefined) return { kind: "removed", wanted, finding: ["capability", "price_unknown", "Its price is not known, and unknown is not free."] };
  const bound = outputBound(model, demand.maxOutputTokens);
  const cap = demand.policy.maxCostNanoUsd;
  if (cap !== undefined && predictWorstCase(price, demand.analysis, bound) > cap) {
    return { kind: "removed", wanted, finding: ["policy", "cost_limit", "Its worst-case cost is above the request's limit."] };
  }
  return { kind: "possible", wanted, prediction: predictOffer(model, price, demand.analysis, bound) };
}

function incapable(model: Offer["model"], demand: Demand): Finding | undefined {
  const { capabilities, contextWindowTokens } = model;
  const { needs, analysis } = demand;
  if (needs.tools && capabilities?.tools !== true) return lacks("tools", "call tools");
  if (needs.vision && capabilities?.vision !== true) return lacks("vision", "look at pictures");
  if (needs.audio && capabilities?.audioInput !== true) return lacks("audio", "listen");
  if (needs.files && capabilities?.files !== true) return lacks("files", "read documents");
  if (needs.structuredOutput && capabilities?.structuredOutput !== true) return lacks("structured_output", "follow a JSON schema");
  if (demand.streaming && capabilities?.streaming !== true) return lacks("streaming", "stream");
  const answer = demand.maxOutputTokens === undefined ? 0 : outputBound(model, demand.maxOutputTokens);
  if (analysis.inputTokens + answer > contextWindowTokens) {
    return ["capability", "context_too_small", `About ${analysis.inputTokens} tokens do not fit ${contextWindowTokens}.`];
  }
  return undefined;
}

function lacks(capability: string, words: string): Finding {
  return ["capability", `no_${capability}`, `It does not ${words}.`];
}

function unwanted(provider: string, { policy }: Demand): Finding | undefined {
  if (policy.provider !== "" && policy.provider !== provider) return ["policy", "other_provider", `Only ${policy.provider} is wanted.`];
  if (policy.excludedProviders.includes(provider)) return ["policy", "excluded_provider", "Its provider is not wanted."];
  return undefined;
}

function reservationOf(target: Target, quality: number, latencyMs: number, policy: RoutingPolicy): string | undefined {
  if (target.verdict === Verdict.UNHEALTHY) return `unhealthy: ${target.verdictReason}`;
  if (policy.minQuality !== undefined && quality < policy.minQuality) return "below the quality asked for";
  if (policy.maxLatencyMs !== undefined && latencyMs > policy.maxLatencyMs) return "slower than asked for";
  return undefined;
}

/** What was taken out: all counted, and the first told one by one. */
class Removals {
  readonly told: Removal[] = [];
  readonly counts = new Map<string, RemovalCount>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  add({ provider, model, deployment }: Target, [stage, reason, detail]: Finding, wanted: boolean): void {
    let count = this.counts.get(reason);
    if (count === undefined) this.counts.set(reason, (count = { stage, reason, count: 0, wanted: 0 }));
    count.count += 1;
    if (wanted) count.wanted += 1;
    if (this.told.length >= this.#most) return;
    // A message is a plain object with its type's name; `create` would look up each field for hundreds of them.
    this.told.push({ $typeName: "fairlead.routing.v1.Removal", provider, model: model.model, stage, reason, detail, deployment });
  }
}
