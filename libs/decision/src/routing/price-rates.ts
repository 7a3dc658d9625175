import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { worstCaseCost } from "../cost/worst-case-cost.ts";

/**
 * A price in doubles, in nano-dollars per million tokens. Sums of products of them are exact while they are within the
 * safe range, since all of them are non-negative integers; beyond it the sum is taken anew with bigints.
 */
export interface PriceRates {
  readonly input: number;
  readonly output: number;
  /** Of the dearest bucket that a token of the prompt could fall into. */
  readonly dearestInput: number;
  /** Of the dearest bucket that a token of the answer could fall into. */
  readonly dearestOutput: number;
}

/** Prices are not changed once they are known, and a decision asks for each of them. */
const known = new WeakMap<ModelPrice, PriceRates>();

/** The rates of a price. */
export function ratesOf(price: ModelPrice): PriceRates {
  let rates = known.get(price);
  if (rates === undefined) {
    rates = {
      input: Number(price.input),
      output: Number(price.output),
      dearestInput: Number(worstCaseCost(price, 1_000_000, 0)),
      dearestOutput: Number(worstCaseCost(price, 0, 1_000_000)),
    };
    known.set(price, rates);
  }
  return rates;
}
