import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { worstCaseCost } from "./worst-case-cost.ts";

const MILLION = 1_000_000n;
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * The largest answer whose worst case fits an amount: the inverse of `worstCaseCost`.
 *
 * @param amount nano-dollars
 * @returns output tokens at most; negative where even the prompt does not fit
 */
export function affordableOutput(price: ModelPrice, maxInputTokens: number, amount: bigint): number {
  // A million times the tokens costs a million times the sum, so that nothing of it is rounded.
  const prompt = worstCaseCost(price, Math.ceil(maxInputTokens) * 1_000_000, 0);
  const left = amount * MILLION - prompt;
  if (left < 0n) return -1;
  const perToken = worstCaseCost(price, 0, 1_000_000);
  if (perToken === 0n) return Number.MAX_SAFE_INTEGER;
  const tokens = left / perToken;
  return tokens > MOST ? Number.MAX_SAFE_INTEGER : Number(tokens);
}
