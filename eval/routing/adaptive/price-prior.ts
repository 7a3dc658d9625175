import type { Model } from "../several-models/read-outcomes.ts";

/** Strengths that catalogues give their efficient and their flagship models. */
const CHEAPEST = 0.7;
const DEAREST = 0.95;
/** Tokens in to tokens out that prices are blended by. */
const INPUT_SHARE = 0.75;

/**
 * What one may expect of models of which only the list price is known, 0 to 1: the dearer the better, evenly by the order
 * of magnitude of the price. Nothing of any outcome is in it.
 */
export function qualityByPrice(models: readonly Model[]): number[] {
  const prices = models.map(({ priceIn, priceOut }) =>
    Math.log(Math.max(1e-3, INPUT_SHARE * priceIn + (1 - INPUT_SHARE) * priceOut)),
  );
  const least = Math.min(...prices);
  const range = Math.max(...prices) - least;
  return prices.map((price) =>
    range === 0 ? (CHEAPEST + DEAREST) / 2 : CHEAPEST + ((DEAREST - CHEAPEST) * (price - least)) / range,
  );
}

/** The same of every model: nothing is known but what they cost. */
export function equalQuality(models: readonly Model[]): number[] {
  return models.map(() => (CHEAPEST + DEAREST) / 2);
}
