import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { priceAtRates, priceUsage } from "./price-usage.ts";
import { promptTokensOf } from "./rates-for.ts";

/**
 * What calls of one target cost at its base rates and how many tokens they took, all fading with age alike. What long
 * prompts cost more is left out, so that the length of the prompts of one day says nothing about those of another. Plain
 * numbers: JSON holds them.
 */
export interface EffectivePriceState {
  /** Unix milliseconds of the first call. */
  readonly sinceMs: number;
  /** Unix milliseconds of the newest call, to which the sums have faded. */
  readonly atMs: number;
  readonly calls: number;
  /** Tokens of prompts, cached ones included. */
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  /** Tokens of answers, reasoning included. */
  readonly outputTokens: number;
  readonly inputNanoUsd: number;
  readonly outputNanoUsd: number;
}

/** What one call cost. */
export interface PricedCall {
  readonly usage: TokenUsage;
  readonly costNanoUsd: bigint;
  /** The price it was billed at: tells which part of the cost is that of the prompt, and what its length added. */
  readonly price: ModelPrice;
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** What a target was measured to cost at its base rates. Prices are nano-dollars for a million tokens. */
export interface MeasuredPrice {
  /** Of prompts, cached tokens included; undefined: none were seen. */
  readonly input: bigint | undefined;
  /** Of answers, reasoning included; undefined: none were seen. */
  readonly output: bigint | undefined;
  /** Of all tokens in the mix that was seen. */
  readonly blended: bigint;
  /** Share of the prompts' tokens that came from a cache, 0 to 1. */
  readonly cacheHitShare: number;
  /** Calls it rests on, fading with age. */
  readonly calls: number;
  /** Tokens of a prompt on average, cached ones included. */
  readonly promptTokens: number;
  readonly inputTokensPerDay: number;
  readonly outputTokensPerDay: number;
}

/** Half of what was measured a day ago still counts. */
export const DEFAULT_PRICE_HALF_LIFE_MS = 86_400_000;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * Takes a call into what a target is measured to cost: sums that fade exponentially with age.
 *
 * @param state      undefined: this is the first call
 * @param halfLifeMs after which a call counts half
 */
export function advanceEffectivePrice(
  state: EffectivePriceState | undefined,
  call: PricedCall,
  halfLifeMs: number = DEFAULT_PRICE_HALF_LIFE_MS,
): EffectivePriceState {
  const atMs = Math.max(call.atMs, state?.atMs ?? call.atMs);
  const old = state === undefined ? 0 : 0.5 ** ((atMs - state.atMs) / halfLifeMs);
  const fresh = 0.5 ** ((atMs - call.atMs) / halfLifeMs);
  const { usage } = call;
  const input = promptTokensOf(usage);
  const output = usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens + usage.imageOutputTokens;
  const cost = Number(call.costNanoUsd) * baseShare(call.price, usage);
  const inputCost = cost * inputShare(call.price, usage);
  const fold = (sum: number | undefined, added: number) => (sum ?? 0) * old + added * fresh;
  return {
    sinceMs: Math.min(state?.sinceMs ?? call.atMs, call.atMs),
    atMs,
    calls: fold(state?.calls, 1),
    inputTokens: fold(state?.inputTokens, input),
    cacheReadTokens: fold(state?.cacheReadTokens, usage.cacheReadTokens),
    outputTokens: fold(state?.outputTokens, output),
    inputNanoUsd: fold(state?.inputNanoUsd, inputCost),
    outputNanoUsd: fold(state?.outputNanoUsd, cost - inputCost),
  };
}

/**
 * What is measured, as of a time.
 *
 * @returns undefined when no token was seen
 */
export function readEffectivePrice(
  state: EffectivePriceState,
  nowMs: number,
  halfLifeMs: number = DEFAULT_PRICE_HALF_LIFE_MS,
): MeasuredPrice | undefined {
  const { inputTokens, outputTokens, inputNanoUsd, outputNanoUsd } = state;
  const blended = perMillion(inputNanoUsd + outputNanoUsd, inputTokens + outputTokens);
  if (blended === undefined) return undefined;
  const now = Math.max(nowMs, state.atMs);
  const left = 0.5 ** ((now - state.atMs) / halfLifeMs);
  const perDay = (left * DAY_MS) / fadedSpan(Math.max(now - state.sinceMs, HOUR_MS), halfLifeMs);
  return {
    input: perMillion(inputNanoUsd, inputTokens),
    output: perMillion(outputNanoUsd, outputTokens),
    blended,
    cacheHitShare: inputTokens > 0 ? state.cacheReadTokens / inputTokens : 0,
    calls: state.calls * left,
    promptTokens: state.calls > 0 ? inputTokens / state.calls : 0,
    inputTokensPerDay: inputTokens * perDay,
    outputTokensPerDay: outputTokens * perDay,
  };
}

/** Milliseconds that a span counts for when each counts the less the longer ago it is: the integral of the fading. */
function fadedSpan(spanMs: number, halfLifeMs: number): number {
  return (halfLifeMs / Math.LN2) * (1 - 0.5 ** (spanMs / halfLifeMs));
}

/** What a call would have cost at the base rates, as a part of what it cost. 1: its prompt is not long. */
function baseShare(price: ModelPrice, usage: TokenUsage): number {
  if (price.longPrompt.length === 0) return 1;
  const all = Number(priceUsage(price, usage));
  return all <= 0 ? 1 : Number(priceAtRates(price, usage)) / all;
}

function inputShare(price: ModelPrice, usage: TokenUsage): number {
  const all = Number(priceAtRates(price, usage));
  if (all <= 0) return 0;
  const input = { ...usage, outputTokens: 0, reasoningTokens: 0, audioOutputTokens: 0, imageOutputTokens: 0 };
  return Math.min(1, Number(priceAtRates(price, input)) / all);
}

function perMillion(nanoUsd: number, tokens: number): bigint | undefined {
  return tokens > 0 ? BigInt(Math.round((nanoUsd / tokens) * 1e6)) : undefined;
}
