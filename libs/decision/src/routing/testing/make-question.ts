import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ModelCapabilitiesSchema, ModelDescriptionSchema, ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { TargetStateSchema } from "@fairlead/contracts/balancing/v1/target";
import { EffectivePriceSchema } from "@fairlead/contracts/cost/v1/cost_service";
import { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import { AnalysisSchema } from "@fairlead/contracts/routing/v1/decision";
import { RoutingPolicySchema } from "@fairlead/contracts/routing/v1/routing_policy";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import type { RouteQuestion } from "../decide-route.ts";
import type { Target } from "../target.ts";

/** What a target differs in from one that can do everything, costs a dollar per million tokens and was never called. */
export interface TargetFacts {
  readonly model?: MessageInitShape<typeof ModelDescriptionSchema>;
  /** Dollars per million tokens, in and out; null: the price is not known. */
  readonly dollars?: number | null;
  readonly state?: MessageInitShape<typeof TargetStateSchema>;
  readonly verdict?: Verdict;
  readonly verdictReason?: string;
  readonly local?: boolean;
  readonly dialects?: readonly string[];
  readonly weight?: number;
  readonly effectivePrice?: MessageInitShape<typeof EffectivePriceSchema>;
}

/** A target named "provider/model" or "provider/model#deployment". */
export function makeTarget(name: string, facts: TargetFacts = {}): Target {
  const [provider = "", offered = ""] = name.split("/");
  const [model = "", deployment = ""] = offered.split("#");
  const dollars = facts.dollars === undefined ? 1 : facts.dollars;
  const rate = BigInt(Math.round((dollars ?? 0) * 1e9));
  const description = create(ModelDescriptionSchema, {
    model,
    kind: ModelKind.CHAT,
    tier: "balanced",
    capabilities: create(ModelCapabilitiesSchema, { tools: true, streaming: true, vision: true, audioInput: true, files: true, structuredOutput: true }),
    contextWindowTokens: 100_000,
    maxOutputTokens: 4_000,
    strengths: { overall: 0.5 },
    typicalFirstTokenMs: 500,
    typicalTokensPerSecond: 100,
    ...facts.model,
  });
  return {
    provider,
    model: description,
    deployment,
    region: "",
    weight: facts.weight ?? 1,
    limits: undefined,
    effectivePrice: facts.effectivePrice === undefined ? undefined : create(EffectivePriceSchema, { provider, model, ...facts.effectivePrice }),
    local: facts.local ?? false,
    dialects: facts.dialects ?? [],
    price: dollars === null ? undefined : create(ModelPriceSchema, { provider, model, input: rate, output: rate }),
    state: facts.state === undefined ? undefined : create(TargetStateSchema, { provider, model, deployment, successRate: 1, weight: 1, requestHeadroom: 1, tokenHeadroom: 1, ...facts.state }),
    verdict: facts.verdict ?? Verdict.HEALTHY,
    verdictReason: facts.verdictReason ?? "",
  };
}

/** What a question differs in from a plain one of 1,000 tokens in and 500 out to any model. */
export interface QuestionFacts extends Partial<Omit<RouteQuestion, "policy" | "analysis" | "needs">> {
  readonly policy?: MessageInitShape<typeof RoutingPolicySchema>;
  readonly analysis?: MessageInitShape<typeof AnalysisSchema>;
  readonly needs?: Partial<RouteQuestion["needs"]>;
}

/** A question of 1,000 tokens in and 500 out. */
export function makeQuestion(facts: QuestionFacts = {}): RouteQuestion {
  const analysis = { category: "conversation", complexity: "simple", inputTokens: 1_000, outputTokens: 500, maxInputTokens: 4_000, difficulty: 0.5 };
  return {
    kind: ModelKind.CHAT,
    model: "auto",
    streaming: false,
    maxOutputTokens: undefined,
    now: 1_000,
    defaultStrategy: "weighted_composite",
    ...facts,
    analysis: create(AnalysisSchema, { ...analysis, ...facts.analysis }),
    needs: { tools: false, vision: false, audio: false, files: false, structuredOutput: false, ...facts.needs },
    policy: create(RoutingPolicySchema, facts.policy),
  };
}

/** Repeatable draws of 0 to 1 (mulberry32 of T. Ettinger). */
export function seededDraws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
