import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";

/**
 * The price that holds at a time: the newest whose date has come; of equal dates the one listed last.
 *
 * @param prices of one model, in any order; a price without a date has always held
 * @param nowMs  unix milliseconds
 * @returns undefined when none holds yet: the price is then not known, which is not zero
 */
export function priceAt(prices: readonly ModelPrice[], nowMs: number): ModelPrice | undefined {
  let best: ModelPrice | undefined;
  let bestFrom = Number.NEGATIVE_INFINITY;
  for (const price of prices) {
    const from = effectiveFromMs(price.effectiveFrom);
    if (from > nowMs || from < bestFrom) continue;
    best = price;
    bestFrom = from;
  }
  return best;
}

function effectiveFromMs(from: Timestamp | undefined): number {
  if (from === undefined) return Number.NEGATIVE_INFINITY;
  return Number(from.seconds) * 1000 + from.nanos / 1e6;
}
