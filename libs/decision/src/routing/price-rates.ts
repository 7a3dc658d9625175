import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { dearestRates, ratesFor, type TokenRates } from "../cost/rates-for.ts";

/**
 * A price in doubles, in nano-dollars per million tokens. Sums of products of them are exact while they are within the
 * safe range, since all of them are non-negative integers; beyond it the sum is taken anew with bigints.
 */
export interface PriceRates {
  readonly input: number;
  readonly output: number;
  /** Of the dearest bucket that a token of the prompt could fall into, in a prompt of that length or shorter. */
  readonly dearestInput: number;
  /** Of the dearest bucket that a token of the answer could fall into, after a prompt of that length or shorter. */
  readonly dearestOutput: number;
}

/** Prices are not changed once they are known, and a decision asks for each of them. By the rates that hold. */
const known = new WeakMap<TokenRates, PriceRates>();

/** The rates of a price for a prompt of so many tokens. */
export function ratesOf(price: ModelPrice, promptTokens: number): PriceRates {
  const holding = ratesFor(price, promptTokens);
  let rates = known.get(holding);
  if (rates === undefined) {
    const dearest = dearestRates(price, promptTokens);
    rates = {
      input: Number(holding.input),
      output: Number(holding.output),
      dearestInput: Number(dearest.input),
      dearestOutput: Number(dearest.output),
    };
    known.set(holding, rates);
  }
  return rates;
}
