import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { dearestRates } from "./rates-for.ts";

const MILLION = 1_000_000n;

/**
 * The most that a call can cost: every token of the prompt and of the answer in the dearest bucket it could fall into, at
 * the dearest rates that a prompt of that length or shorter pays, rounded up. Never below `priceUsage` of a usage within
 * the same numbers of tokens.
 *
 * @param maxInputTokens  tokens of the prompt in all buckets together; a fraction counts as a whole token
 * @param maxOutputTokens tokens of the answer, reasoning included
 * @returns nano-dollars
 */
export function worstCaseCost(price: ModelPrice, maxInputTokens: number, maxOutputTokens: number): bigint {
  const { input, output } = dearestRates(price, maxInputTokens);
  const sum = wholeTokens(maxInputTokens) * input + wholeTokens(maxOutputTokens) * output;
  return (sum + MILLION - 1n) / MILLION;
}

function wholeTokens(tokens: number): bigint {
  return BigInt(Math.max(0, Math.ceil(tokens)));
}
