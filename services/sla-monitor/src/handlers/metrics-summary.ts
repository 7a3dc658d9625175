import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type GetMetricsSummaryRequest,
  type GetMetricsSummaryResponse,
  GetMetricsSummaryResponseSchema,
  type ResetMetricsSummaryRequest,
  type ResetMetricsSummaryResponse,
  ResetMetricsSummaryResponseSchema,
} from "@fairlead/contracts/sla/v1/sla_service";
import type { MetricsSummary } from "@fairlead/contracts/sla/v1/summary";
import { fromStore } from "../store-failure.ts";
import type { SummaryBook } from "../summary-book.ts";
import { periodOf } from "./get-compliance-report.ts";

const DAY = 86_400_000;

/** Serves GetMetricsSummary. */
export function getMetricsSummary(book: SummaryBook, now: () => number) {
  return async (request: GetMetricsSummaryRequest): Promise<GetMetricsSummaryResponse> =>
    create(GetMetricsSummaryResponseSchema, { summary: await fromStore(summaryFor(book, request, Math.trunc(now()))) });
}

function summaryFor(book: SummaryBook, { provider, byModel, start, end }: GetMetricsSummaryRequest, now: number): Promise<MetricsSummary> {
  const wanted = { provider, byModel };
  if (start === undefined && end === undefined) return book.sinceReset(wanted, now);
  const period = periodOf(start, end, DAY, now);
  return book.ofPeriod(period.start, period.end, wanted, now);
}

/** Serves ResetMetricsSummary. */
export function resetMetricsSummary(book: SummaryBook, now: () => number) {
  return async ({ provider, requestId }: ResetMetricsSummaryRequest): Promise<ResetMetricsSummaryResponse> => {
    const { summary, resetUnixMs } = await fromStore(book.reset(provider, requestId, Math.trunc(now())));
    return create(ResetMetricsSummaryResponseSchema, { ...(summary === undefined ? {} : { summary }), resetAt: timestampFromMs(Number(resetUnixMs)) });
  };
}
