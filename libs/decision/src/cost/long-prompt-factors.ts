import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { ratesFor } from "./rates-for.ts";

/** How many times the base rates a prompt's length makes a request cost. */
export interface LongPromptFactors {
  readonly input: number;
  readonly output: number;
}

const NONE: LongPromptFactors = { input: 1, output: 1 };

/**
 * What the length of a prompt makes of costs that are known at the base rates. A base rate of nothing cannot be multiplied
 * and stays.
 *
 * @param price undefined: not known, so nothing is added
 */
export function longPromptFactors(price: ModelPrice | undefined, promptTokens: number): LongPromptFactors {
  if (price === undefined) return NONE;
  const rates = ratesFor(price, promptTokens);
  if (rates === price) return NONE;
  return { input: ratio(rates.input, price.input), output: ratio(rates.output, price.output) };
}

function ratio(rate: bigint, base: bigint): number {
  return base > 0n ? Number(rate) / Number(base) : 1;
}
