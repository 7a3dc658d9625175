import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { dearestRates } from "./rates-for.ts";

const MILLION = 1_000_000n;
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * The largest answer whose worst case fits an amount: the inverse of `worstCaseCost`.
 *
 * @param amount nano-dollars
 * @returns output tokens at most; negative where even the prompt does not fit
 */
export function affordableOutput(price: ModelPrice, maxInputTokens: number, amount: bigint): number {
  const rates = dearestRates(price, maxInputTokens);
  const prompt = BigInt(Math.max(0, Math.ceil(maxInputTokens))) * rates.input;
  const left = amount * MILLION - prompt;
  if (left < 0n) return -1;
  if (rates.output === 0n) return Number.MAX_SAFE_INTEGER;
  const tokens = left / rates.output;
  return tokens > MOST ? Number.MAX_SAFE_INTEGER : Number(tokens);
}
