import { longPromptFactors } from "../../cost/long-prompt-factors.ts";
import { at } from "../criteria.ts";
import type { Contender } from "../target.ts";
import type { Strategy, StrategyInput } from "./strategy.ts";

/** How much worse a model may be predicted to be and still stand in for another. */
const SAME_CLASS = 0.03;
/** Calls from which on a measured price counts as much as the list price. */
const HALF_PROVEN = 20;

/**
 * The lowest effective price among those that stand in for what was asked for: the same weights at any provider, or,
 * where no model is named, any as good as the best. The price is measured, caching included, at the rates of
 * the prompt's length, and the list price counts while little is measured.
 */
export const dynamicArbitrage: Strategy = {
  name: "dynamic_arbitrage",
  because: "has the lowest effective price of its class",
  score(input) {
    const { quality } = input.criteria;
    const bar = classBar(input, quality);
    const prices = new Float64Array(input.contenders.length);
    let lowest = Number.POSITIVE_INFINITY;
    for (const contender of input.contenders) {
      const price = effectiveCost(contender, input);
      prices[contender.place] = price;
      if (at(quality, contender.place) >= bar) lowest = Math.min(lowest, price);
    }
    const scores = new Float64Array(prices.length);
    for (let place = 0; place < prices.length; place++) {
      const price = at(prices, place);
      if (at(quality, place) < bar) scores[place] = 0.5 * at(quality, place);
      else scores[place] = price <= lowest ? 1 : 0.5 + (0.5 * lowest) / price;
    }
    return { scores };
  },
};

function effectiveCost({ target, offered }: Contender, { analysis }: StrategyInput): number {
  const measured = target.effectivePrice;
  if (measured === undefined) return offered.cost;
  const trust = measured.evidence / (measured.evidence + HALF_PROVEN);
  const { input, output } = longPromptFactors(target.price, analysis.inputTokens);
  const inputCost = analysis.inputTokens * Number(measured.input) * input;
  const cost = (inputCost + analysis.outputTokens * Number(measured.output) * output) / 1e6;
  return trust * cost + (1 - trust) * offered.cost;
}

/** The least quality that stands in for what was asked for. */
function classBar({ contenders, isAskedFor }: StrategyInput, quality: Float64Array): number {
  let best = 0;
  for (const contender of contenders) {
    if (contender.reservation === undefined && isAskedFor(contender)) best = Math.max(best, at(quality, contender.place));
  }
  return best - SAME_CLASS;
}
