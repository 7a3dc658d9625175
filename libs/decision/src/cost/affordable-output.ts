import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { worstCaseCost } from "./worst-case-cost.ts";

const MILLION = 1_000_000n;

/**
 * The largest answer whose worst case fits an amount: the inverse of `worstCaseCost`.
 *
 * @param amount nano-dollars
 * @returns output tokens at most; negative where even the prompt does not fit
 */
export function affordableOutput(price: ModelPrice, maxInputTokens: number, amount: bigint): number {
  const prompt = worstCaseCost(price, maxInputTokens, 0);
  if (prompt > amount) return -1;
  const perMillion = worstCaseCost(price, 0, 1_000_000);
  if (perMillion === 0n) return Number.MAX_SAFE_INTEGER;
  // One token less makes up for the prompt's and the answer's fractions, which are rounded up together.
  return Math.max(0, Number(((amount - prompt) * MILLION) / perMillion) - (prompt === 0n ? 0 : 1));
}
