import type { Analysis } from "@fairlead/contracts/routing/v1/decision";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { worstCaseCost } from "../cost/worst-case-cost.ts";
import type { Prediction, Target } from "./target.ts";

/** Calls after which measured figures count as much as the described ones. */
const PRIOR_CALLS = 5;
/** Taken for a model that describes no speed. */
const UNKNOWN_SPEED = { firstTokenMs: 1_000, tokensPerSecond: 50 } as const;
/** Taken for a model that describes no strengths. */
const UNKNOWN_QUALITY = 0.5;
/** Strength that a category of tasks asks for. */
const STRENGTH: Readonly<Record<string, string>> = {
  code: "coding",
  creative_writing: "creativity",
  analysis: "reasoning",
  function_calling: "tool_use",
  multimodal: "vision",
  conversation: "overall",
};

/** What a target will probably do with a request. */
export function predictOutcome(target: Target, price: ModelPrice, analysis: Analysis, maxOutputTokens: number): Prediction {
  return {
    costNanoUsd: expectedCost(price, analysis),
    worstCaseNanoUsd: worstCaseCost(price, analysis.maxInputTokens, maxOutputTokens),
    latencyMs: expectedLatency(target, analysis.outputTokens),
    quality: expectedQuality(target, analysis),
    reliability: target.state?.successRate ?? 1,
  };
}

/** Tokens of an answer at most: what was asked for, or what the model can. */
export function outputBound(target: Target, asked: number | undefined): number {
  const most = target.model.maxOutputTokens === 0 ? target.model.contextWindowTokens : target.model.maxOutputTokens;
  return asked === undefined ? most : Math.min(asked, most);
}

function expectedCost(price: ModelPrice, analysis: Analysis): bigint {
  return (BigInt(analysis.inputTokens) * price.input + BigInt(analysis.outputTokens) * price.output + 500_000n) / 1_000_000n;
}

function expectedLatency(target: Target, outputTokens: number): number {
  const { model, state } = target;
  const firstToken = blend(state?.firstTokenMs ?? 0, model.typicalFirstTokenMs || UNKNOWN_SPEED.firstTokenMs, state?.evidence ?? 0);
  const speed = blend(state?.tokensPerSecond ?? 0, model.typicalTokensPerSecond || UNKNOWN_SPEED.tokensPerSecond, state?.evidence ?? 0);
  const described = firstToken + (outputTokens / speed) * 1_000;
  return blend(state?.latencyMs ?? 0, described, state?.evidence ?? 0);
}

/** A measured figure and a described one, by the calls that the measured one rests on. 0: not measured. */
function blend(measured: number, described: number, evidence: number): number {
  if (measured <= 0) return described;
  const weight = evidence / (evidence + PRIOR_CALLS);
  return weight * measured + (1 - weight) * described;
}

function expectedQuality(target: Target, analysis: Analysis): number {
  const { strengths } = target.model;
  const overall = strengths["overall"] ?? UNKNOWN_QUALITY;
  const special = strengths[STRENGTH[analysis.category] ?? "overall"] ?? overall;
  return (overall + special) / 2;
}
