import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";

const MILLION = 1_000_000;
const HALF_MILLION = 500_000;
const BIG_MILLION = 1_000_000n;

/**
 * What tokens cost, exactly: the products of tokens and price are summed and rounded half up once, at the end.
 *
 * @param price nano-dollars per million tokens of each bucket
 * @returns nano-dollars
 */
export function priceUsage(price: ModelPrice, usage: TokenUsage): bigint {
  return priceWithNumbers(price, usage) ?? priceWithBigints(price, usage);
}

/**
 * The sum in doubles. All terms are non-negative, so a sum within the safe range proves that every product and every
 * partial sum was exact; otherwise undefined.
 */
function priceWithNumbers(price: ModelPrice, usage: TokenUsage): bigint | undefined {
  let sum = 0;
  if (usage.inputTokens > 0) sum += usage.inputTokens * Number(price.input);
  if (usage.outputTokens > 0) sum += usage.outputTokens * Number(price.output);
  if (usage.cacheReadTokens > 0) sum += usage.cacheReadTokens * Number(price.cacheRead ?? price.input);
  if (usage.cacheWriteTokens > 0) sum += usage.cacheWriteTokens * Number(price.cacheWrite ?? price.input);
  if (usage.reasoningTokens > 0) sum += usage.reasoningTokens * Number(price.reasoning ?? price.output);
  if (usage.audioInputTokens > 0) sum += usage.audioInputTokens * Number(price.audioInput ?? price.input);
  if (usage.audioOutputTokens > 0) sum += usage.audioOutputTokens * Number(price.audioOutput ?? price.output);
  if (usage.imageInputTokens > 0) sum += usage.imageInputTokens * Number(price.imageInput ?? price.input);
  if (usage.imageOutputTokens > 0) sum += usage.imageOutputTokens * Number(price.imageOutput ?? price.output);
  const shifted = sum + HALF_MILLION;
  if (shifted > Number.MAX_SAFE_INTEGER) return undefined;
  return BigInt((shifted - (shifted % MILLION)) / MILLION);
}

function priceWithBigints(price: ModelPrice, usage: TokenUsage): bigint {
  const sum =
    BigInt(usage.inputTokens) * price.input +
    BigInt(usage.outputTokens) * price.output +
    BigInt(usage.cacheReadTokens) * (price.cacheRead ?? price.input) +
    BigInt(usage.cacheWriteTokens) * (price.cacheWrite ?? price.input) +
    BigInt(usage.reasoningTokens) * (price.reasoning ?? price.output) +
    BigInt(usage.audioInputTokens) * (price.audioInput ?? price.input) +
    BigInt(usage.audioOutputTokens) * (price.audioOutput ?? price.output) +
    BigInt(usage.imageInputTokens) * (price.imageInput ?? price.input) +
    BigInt(usage.imageOutputTokens) * (price.imageOutput ?? price.output);
  return (sum + BIG_MILLION / 2n) / BIG_MILLION;
}
