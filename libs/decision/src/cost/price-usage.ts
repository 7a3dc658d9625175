import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { promptTokensOf, ratesFor, type TokenRates } from "./rates-for.ts";

const MILLION = 1_000_000;
const HALF_MILLION = 500_000;
const BIG_MILLION = 1_000_000n;

/**
 * What a request cost, exactly: the products of tokens and the rates of its prompt's length are summed and rounded half up
 * once, at the end.
 *
 * @param price nano-dollars per million tokens of each bucket
 * @returns nano-dollars
 */
export function priceUsage(price: ModelPrice, usage: TokenUsage): bigint {
  return priceAtRates(ratesFor(price, promptTokensOf(usage)), usage);
}

/** What tokens cost at given rates, whatever the length of the prompt; exact and rounded like `priceUsage`. */
export function priceAtRates(rates: TokenRates, usage: TokenUsage): bigint {
  return priceWithNumbers(rates, usage) ?? priceWithBigints(rates, usage);
}

/**
 * The sum in doubles. All terms are non-negative, so a sum within the safe range proves that every product and every
 * partial sum was exact; otherwise undefined.
 */
function priceWithNumbers(rates: TokenRates, usage: TokenUsage): bigint | undefined {
  let sum = 0;
  if (usage.inputTokens > 0) sum += usage.inputTokens * Number(rates.input);
  if (usage.outputTokens > 0) sum += usage.outputTokens * Number(rates.output);
  if (usage.cacheReadTokens > 0) sum += usage.cacheReadTokens * Number(rates.cacheRead ?? rates.input);
  if (usage.cacheWriteTokens > 0) sum += usage.cacheWriteTokens * Number(rates.cacheWrite ?? rates.input);
  if (usage.reasoningTokens > 0) sum += usage.reasoningTokens * Number(rates.reasoning ?? rates.output);
  if (usage.audioInputTokens > 0) sum += usage.audioInputTokens * Number(rates.audioInput ?? rates.input);
  if (usage.audioOutputTokens > 0) sum += usage.audioOutputTokens * Number(rates.audioOutput ?? rates.output);
  if (usage.imageInputTokens > 0) sum += usage.imageInputTokens * Number(rates.imageInput ?? rates.input);
  if (usage.imageOutputTokens > 0) sum += usage.imageOutputTokens * Number(rates.imageOutput ?? rates.output);
  const shifted = sum + HALF_MILLION;
  if (shifted > Number.MAX_SAFE_INTEGER) return undefined;
  return BigInt((shifted - (shifted % MILLION)) / MILLION);
}

function priceWithBigints(rates: TokenRates, usage: TokenUsage): bigint {
  const sum =
    BigInt(usage.inputTokens) * rates.input +
    BigInt(usage.outputTokens) * rates.output +
    BigInt(usage.cacheReadTokens) * (rates.cacheRead ?? rates.input) +
    BigInt(usage.cacheWriteTokens) * (rates.cacheWrite ?? rates.input) +
    BigInt(usage.reasoningTokens) * (rates.reasoning ?? rates.output) +
    BigInt(usage.audioInputTokens) * (rates.audioInput ?? rates.input) +
    BigInt(usage.audioOutputTokens) * (rates.audioOutput ?? rates.output) +
    BigInt(usage.imageInputTokens) * (rates.imageInput ?? rates.input) +
    BigInt(usage.imageOutputTokens) * (rates.imageOutput ?? rates.output);
  return (sum + BIG_MILLION / 2n) / BIG_MILLION;
}
