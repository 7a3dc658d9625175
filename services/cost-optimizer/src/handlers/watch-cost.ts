import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type WatchCostRequest,
  type WatchCostResponse,
  WatchCostResponseSchema,
} from "@fairlead/contracts/cost/v1/cost_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { CallContext } from "@fairlead/rpc/call";
import { failure } from "@fairlead/rpc/fairlead-error";
import { type CostBook, type CostEntry, removedBudgetId } from "../cost-book.ts";

/** What the handler takes. */
export interface WatchCostPorts {
  readonly book: Pick<CostBook, "stream" | "readAt">;
  readonly now: () => number;
  /** Milliseconds between two readings of all budgets. */
  readonly pollMs: number;
}

/** Readings that may be missed before the state counts as old. */
const MISSED_READINGS = 3;

/** Serves WatchCost. No sign of life is given while the ledger cannot be read, so that the age of the state shows. */
export function watchCost({ book, now, pollMs }: WatchCostPorts) {
  const isFresh = () => now() - (book.readAt() ?? Number.NEGATIVE_INFINITY) <= pollMs * MISSED_READINGS + 1_000;
  return async function* (_request: WatchCostRequest, { signal }: CallContext): AsyncGenerator<WatchCostResponse> {
    // A snapshot without budgets would read as: nothing is bounded.
    if (book.readAt() === undefined)
      throw failure(ErrorCode.UNAVAILABLE, "The budgets are not known yet.", { retryAfterMs: 250 });
    for await (const { version, snapshot, changed, removed } of book.stream.watch(signal)) {
      if (!snapshot && changed.length === 0 && removed.length === 0 && !isFresh()) continue;
      yield create(WatchCostResponseSchema, {
        version: BigInt(version),
        snapshot,
        createdAt: timestampFromMs(isFresh() ? now() : (book.readAt() ?? now())),
        budgets: changed.flatMap((entry) => (entry.kind === "budget" ? [entry.state] : [])),
        removedBudgetIds: removed.map(removedBudgetId).filter((id) => id !== undefined),
        prices: changed.flatMap(pricesOf),
        effectivePrices: changed.flatMap((entry) => (entry.kind === "effective" ? [entry.price] : [])),
      });
    }
  };
}

function pricesOf(entry: CostEntry) {
  return entry.kind === "prices" ? [...entry.prices] : [];
}
