import { create } from "@bufbuild/protobuf";
import { TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { priceUsage } from "@fairlead/decision/cost/price-usage";
import type { TraceRequest } from "../balancing/read-trace.ts";

/** What a trace cost over time, in order of time. */
export interface SpendTrace {
  readonly costs: readonly { readonly atMs: number; readonly costNanoUsd: bigint }[];
  /** Milliseconds from the first request to just after the last. */
  readonly lengthMs: number;
  /** Nano-dollars from one time up to another. */
  spentBetween(startMs: number, endMs: number): bigint;
  /** Position of the first cost that is not before a time. */
  positionOf(atMs: number): number;
}

/** Prices every request of a trace; all input at the price of input that is not cached. */
export function toSpendTrace(requests: readonly TraceRequest[], price: ModelPrice): SpendTrace {
  const costs = requests.map(({ atMs, inputTokens, outputTokens }) => ({
    atMs,
    costNanoUsd: priceUsage(price, create(TokenUsageSchema, { inputTokens, outputTokens })),
  }));
  const sums = [0n];
  for (const { costNanoUsd } of costs) sums.push((sums.at(-1) ?? 0n) + costNanoUsd);
  const positionOf = (atMs: number) => {
    let low = 0;
    let high = costs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((costs[middle]?.atMs ?? 0) < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const spentBefore = (atMs: number) => sums[positionOf(atMs)] ?? 0n;
  return {
    costs,
    lengthMs: (costs.at(-1)?.atMs ?? 0) + 1,
    spentBetween: (startMs, endMs) => spentBefore(endMs) - spentBefore(startMs),
    positionOf,
  };
}
