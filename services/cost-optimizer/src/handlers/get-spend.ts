import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import {
  type GetSpendRequest,
  type GetSpendResponse,
  GetSpendResponseSchema,
} from "@fairlead/contracts/cost/v1/cost_service";
import { windowStart } from "@fairlead/decision/cost/budget-window";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { MAX_QUERY_HOURS, type SpendStore } from "@fairlead/state/spend-store";
import { fromStore } from "../store-failure.ts";

const HOUR_MS = 3_600_000;
/** Rows of one answer; the sum is over all of them. */
const MOST_ROWS = 5_000;

/** What the handler takes. */
export interface GetSpendPorts {
  readonly spend: SpendStore;
  readonly now: () => number;
}

/** Serves GetSpend. */
export function getSpend({ spend, now }: GetSpendPorts) {
  return async (request: GetSpendRequest): Promise<GetSpendResponse> => {
    // The hour that has just begun counts too.
    const end = request.end === undefined ? now() + 1 : timestampMs(request.end);
    const start = request.start === undefined ? windowStart(BudgetWindow.MONTH, now()) : timestampMs(request.start);
    if (end < start) throw invalidField("end", "must not be before the start");
    if (end - start > MAX_QUERY_HOURS * HOUR_MS)
      throw invalidField("start", `at most ${MAX_QUERY_HOURS} hours at once`);
    const { filter, groupBy, period, tag } = request;
    const { rows, total } = await fromStore(spend.query({ start, end, filter, groupBy, period, tag }));
    const keptFrom = timestampFromMs(spend.keptFrom());
    return create(GetSpendResponseSchema, { rows: rows.slice(0, MOST_ROWS), totalNanoUsd: total, keptFrom });
  };
}
