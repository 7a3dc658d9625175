import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { HistoryBucket } from "@fairlead/contracts/sla/v1/history";
import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import { type BreachCause, BreachCauseSchema, BreachExplanationSchema, type BreachInterval } from "@fairlead/contracts/sla/v1/report";
import { type ExplainBreachRequest, type ExplainBreachResponse, ExplainBreachResponseSchema } from "@fairlead/contracts/sla/v1/sla_service";
import { type Cause, type CauseFacts, explainBreach as explain } from "@fairlead/decision/sla/explain-breach";
import { mergeHistory } from "@fairlead/decision/sla/merge-history";
import { includesScope, type Scope, scopeKey } from "@fairlead/decision/sla/scope";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { loadPeriod, type Period, periodOf, type ReportPorts } from "./get-compliance-report.ts";
import { toScope } from "./to-scope.ts";

const FIVE_MINUTES = 300_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const FAILURES: readonly SlaMetric[] = [SlaMetric.UNSPECIFIED, SlaMetric.SUCCESS_RATE, SlaMetric.AVAILABILITY, SlaMetric.ERROR_RATE, SlaMetric.BURN_RATE];
const LATENCIES: readonly SlaMetric[] = [SlaMetric.LATENCY_P95, SlaMetric.LATENCY_MEAN];

/** Serves ExplainBreach: holds the period of a breach against the hour or more before it. */
export function explainBreach(ports: ReportPorts) {
  return async (request: ExplainBreachRequest): Promise<ExplainBreachResponse> => {
    const isLatency = LATENCIES.includes(request.metric);
    if (!isLatency && !FAILURES.includes(request.metric)) throw invalidField("metric", "must be one that counts failures or slow calls");
    const metric = isLatency ? SlaMetric.LATENCY_P95 : SlaMetric.SUCCESS_RATE;
    const now = ports.now();
    const scope = toScope(request.scope);
    const period = await periodOfBreach(ports, request, scope, now);
    const before = { start: period.start - Math.max(HOUR, 4 * (period.end - period.start)), end: period.start - (period.start % MINUTE) };
    const cells = toFacts(await loadPeriod(ports.history, period, now), scope, isLatency);
    const baseline = toFacts(await loadPeriod(ports.history, before, now), scope, isLatency);
    const explained = explain(cells, baseline, isLatency ? "slow calls" : "failures");
    const explanation = create(BreachExplanationSchema, {
      summary: explained.summary,
      calls: BigInt(explained.calls),
      bad: BigInt(explained.bad),
      expectedBad: explained.expectedBad,
      baselineCalls: BigInt(explained.baselineCalls),
      baselineBad: BigInt(explained.baselineBad),
      causes: explained.causes.map(toCause),
      start: timestampFromMs(period.start),
      end: timestampFromMs(period.end),
      metric,
    });
    return create(ExplainBreachResponseSchema, { explanation });
  };
}

/** What the request names; else the newest breach, from a window before it was found; else the last minutes. */
async function periodOfBreach({ breaches }: ReportPorts, { start, end, metric }: ExplainBreachRequest, scope: Scope, now: number): Promise<Period> {
  if (start !== undefined || end !== undefined) return periodOf(start, end, FIVE_MINUTES, now);
  const isOne = (breach: BreachInterval) =>
    scopeKey(toScope(breach.scope)) === scopeKey(scope) && (metric === SlaMetric.UNSPECIFIED ? FAILURES.includes(breach.metric) : breach.metric === metric);
  const newest = (await breaches.list()).findLast(isOne);
  if (newest?.start === undefined) return { start: now - FIVE_MINUTES, end: now + 1 };
  return { start: timestampMs(newest.start) - FIVE_MINUTES, end: newest.end === undefined ? now + 1 : timestampMs(newest.end) };
}

function toFacts(buckets: readonly HistoryBucket[], scope: Scope, isLatency: boolean): CauseFacts[] {
  const { cells } = mergeHistory(buckets, 0, 0);
  return cells.flatMap((cell) => {
    const { provider, model, deployment, region, tenant, error } = cell;
    if (!includesScope(scope, cell)) return [];
    const calls = Number(isLatency ? cell.measured : cell.calls);
    const bad = Number(isLatency ? cell.slow : cell.failed);
    return [{ provider, model, deployment, region, tenant, error: isLatency ? "" : error, calls, bad }];
  });
}

function toCause({ expectedBad, within, calls, bad, ...cause }: Cause): BreachCause {
  return create(BreachCauseSchema, { ...cause, expectedBad, calls: BigInt(calls), bad: BigInt(bad), within: within.map(toCause) });
}
