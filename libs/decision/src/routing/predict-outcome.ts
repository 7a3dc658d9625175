import type { ModelDescription } from "@fairlead/contracts/adapter/v1/model";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import type { Analysis } from "@fairlead/contracts/routing/v1/decision";
import { ratesFor } from "../cost/rates-for.ts";
import { worstCaseCost } from "../cost/worst-case-cost.ts";
import { predictQuality } from "../quality/predict-quality.ts";
import { ratesOf } from "./price-rates.ts";
import type { OfferPrediction, Target } from "./target.ts";

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

/** What a model will probably do with a request, at any of its deployments. */
export function predictOffer(model: ModelDescription, price: ModelPrice, analysis: Analysis, outputBound: number): OfferPrediction {
  const { input, output } = ratesOf(price, analysis.inputTokens);
  return {
    cost: (analysis.inputTokens * input + analysis.outputTokens * output) / 1e6,
    quality: predictQuality(strengthOf(model, analysis.category), analysis.difficulty),
    outputBound,
  };
}

/** Predicted cost in nano-dollars, rounded to the nearest. */
export function predictCost(price: ModelPrice, { inputTokens, outputTokens }: Analysis): bigint {
  const rates = ratesOf(price, inputTokens);
  const sum = inputTokens * rates.input + outputTokens * rates.output + 500_000;
  if (sum <= Number.MAX_SAFE_INTEGER) return BigInt(millionths(sum));
  const { input, output } = ratesFor(price, inputTokens);
  return (BigInt(inputTokens) * input + BigInt(outputTokens) * output + 500_000n) / 1_000_000n;
}

/** Cost at most in nano-dollars, rounded up. */
export function predictWorstCase(price: ModelPrice, { maxInputTokens }: Analysis, outputBound: number): bigint {
  const rates = ratesOf(price, maxInputTokens);
  const sum = maxInputTokens * rates.dearestInput + outputBound * rates.dearestOutput + 999_999;
  if (sum <= Number.MAX_SAFE_INTEGER) return BigInt(millionths(sum));
  return worstCaseCost(price, maxInputTokens, outputBound);
}

/** Milliseconds that a target will probably take: some before its answer, and some for each token of it. */
export interface LatencyLine {
  readonly baseMs: number;
  readonly msPerToken: number;
}

/** How long a target will probably take: as described, and as measured the more was. */
export function predictLatency({ model, state }: Pick<Target, "model" | "state">): LatencyLine {
  const describedFirst = model.typicalFirstTokenMs || UNKNOWN_SPEED.firstTokenMs;
  const describedSpeed = model.typicalTokensPerSecond || UNKNOWN_SPEED.tokensPerSecond;
  if (state === undefined) return { baseMs: describedFirst, msPerToken: 1_000 / describedSpeed };
  const trust = state.evidence / (state.evidence + PRIOR_CALLS);
  const firstToken = blend(state.firstTokenMs, describedFirst, trust);
  const msPerToken = 1_000 / blend(state.tokensPerSecond, describedSpeed, trust);
  if (state.latencyMs <= 0) return { baseMs: firstToken, msPerToken };
  return { baseMs: trust * state.latencyMs + (1 - trust) * firstToken, msPerToken: (1 - trust) * msPerToken };
}

/** Tokens of an answer at most: what was asked for, or what the model can. */
export function outputBound(model: ModelDescription, asked: number | undefined): number {
  const most = model.maxOutputTokens === 0 ? model.contextWindowTokens : model.maxOutputTokens;
  return asked === undefined ? most : Math.min(asked, most);
}

/** A safe integer divided by a million, rounded down. A quotient that was rounded up to the next integer is taken back. */
function millionths(sum: number): number {
  const quotient = Math.floor(sum / 1_000_000);
  return quotient * 1_000_000 > sum ? quotient - 1 : quotient;
}

/** A measured figure and a described one, by the trust in the measured one, 0 to 1. 0: not measured. */
function blend(measured: number, described: number, trust: number): number {
  return measured <= 0 ? described : trust * measured + (1 - trust) * described;
}

function strengthOf({ strengths }: ModelDescription, category: string): number {
  const overall = strengths["overall"] ?? UNKNOWN_QUALITY;
  const special = strengths[STRENGTH[category] ?? "overall"] ?? overall;
  return (overall + special) / 2;
}
