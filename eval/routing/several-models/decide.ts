import { create } from "@bufbuild/protobuf";
import { ModelCapabilitiesSchema, ModelDescriptionSchema, ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { TargetStateSchema } from "@fairlead/contracts/balancing/v1/target";
import { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import { AnalysisSchema } from "@fairlead/contracts/routing/v1/decision";
import { RoutingPolicySchema } from "@fairlead/contracts/routing/v1/routing_policy";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import type { LearnedState } from "@fairlead/decision/learning/learned-state";
import { decideRoute, type Tiered } from "@fairlead/decision/routing/decide-route";
import type { Target } from "@fairlead/decision/routing/target";
import type { Profile } from "./calibrate.ts";
import type { Case } from "./read-outcomes.ts";

/** How to decide. */
export interface Policy {
  readonly strategy: string;
  /** Weights of weighted_composite; absent: its own. */
  readonly weights?: { readonly cost: number; readonly quality: number };
  /** What was learned so far; absent: nothing. */
  readonly learned?: LearnedState;
}

/** What the product decided of a case. */
export interface Choice {
  /** Place of the model among the models. */
  readonly model: number;
  readonly name: string;
  /** As predicted. */
  readonly costNanoUsd: number;
  readonly latencyMs: number;
}

/** Who offers every model of a table. */
export const PROVIDER = "table";
/** More than any prompt of a table needs. */
const CONTEXT_TOKENS = 1_000_000;
const OUTPUT_TOKENS = 4_096;

/** Makes a function that has the product decide about cases, with a catalogue as calibrated. */
export function createDecider(
  profiles: readonly Profile[],
  random: () => number,
): (one: Case, policy: Policy) => Choice {
  const general = profiles.map((profile) => targetOf(profile, profile.strength));
  const byCategory = new Map<string, Target[]>();
  const targetsOf = (category: string) => {
    const known =
      byCategory.get(category) ??
      profiles.map((profile, place) =>
        category in profile.strengths
          ? targetOf(profile, profile.strengths[category] ?? 0)
          : (general[place] as Target),
      );
    byCategory.set(category, known);
    return known;
  };
  const places = new Map(profiles.map(({ model }, place) => [model.name, place]));
  return (one, policy) => {
    const outcome = decideRoute(questionOf(one, policy), targetsOf(one.category), random);
    if (outcome.kind === "rejected") throw new Error(`${policy.strategy} was rejected: ${outcome.message}`);
    return choiceOf(outcome.ranked[0], places);
  };
}

function choiceOf(best: Tiered | undefined, places: ReadonlyMap<string, number>): Choice {
  if (best === undefined) throw new Error("a route without a target");
  const { model: name } = best.target.model;
  return {
    model: places.get(name) ?? 0,
    name,
    costNanoUsd: best.prediction.cost,
    latencyMs: best.prediction.latencyMs,
  };
}

function questionOf({ analysis, category }: Case, { strategy, weights, learned }: Policy) {
  return {
    kind: ModelKind.CHAT,
    model: "auto",
    streaming: false,
    maxOutputTokens: OUTPUT_TOKENS,
    now: 0,
    defaultStrategy: "weighted_composite",
    analysis: create(AnalysisSchema, { ...analysis, category }),
    needs: { tools: false, vision: false, audio: false, files: false, structuredOutput: false },
    policy: create(RoutingPolicySchema, { strategy, ...(weights === undefined ? {} : { weights }) }),
    ...(learned === undefined ? {} : { learned }),
  };
}

/** A model as a target; its speed comes as live figures, as a running mesh has them. */
function targetOf({ model, latencyMs, cases }: Profile, strength: number): Target {
  const nano = (dollars: number) => BigInt(Math.round(dollars * 1e9));
  return {
    provider: PROVIDER,
    deployment: "",
    region: "",
    weight: 1,
    limits: undefined,
    dialects: [],
    effectivePrice: undefined,
    local: false,
    verdict: Verdict.HEALTHY,
    verdictReason: "",
    model: create(ModelDescriptionSchema, {
      model: model.name,
      kind: ModelKind.CHAT,
      tier: "balanced",
      capabilities: create(ModelCapabilitiesSchema, { tools: true, streaming: true }),
      contextWindowTokens: CONTEXT_TOKENS,
      maxOutputTokens: OUTPUT_TOKENS,
      strengths: { overall: strength },
    }),
    price: create(ModelPriceSchema, {
      provider: PROVIDER,
      model: model.name,
      input: nano(model.priceIn),
      output: nano(model.priceOut),
    }),
    state: create(TargetStateSchema, {
      provider: PROVIDER,
      model: model.name,
      successRate: 1,
      weight: 1,
      requestHeadroom: 1,
      tokenHeadroom: 1,
      latencyMs,
      evidence: cases,
    }),
  };
}
