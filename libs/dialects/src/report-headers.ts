import type { RouteReport } from "@fairlead/contracts/routing/v1/route_report";
import { formatNanoUsd } from "./nano-usd.ts";
import { cacheWord } from "./report-words.ts";

const MAX_VALUE = 256;

/** How an answer was made, as response headers. Values are printable ASCII; what is not known yet has no header. */
export function toReportHeaders(report: RouteReport): Record<string, string> {
  const { decision } = report;
  return withoutEmpty({
    "x-fairlead-request-id": report.requestId,
    "x-fairlead-provider": report.provider,
    "x-fairlead-model": report.model,
    "x-fairlead-strategy": decision?.strategy ?? "",
    "x-fairlead-confidence": decision === undefined ? "" : String(Math.round(decision.confidence * 1e4) / 1e4),
    "x-fairlead-attempts": String(report.attempts.length),
    "x-fairlead-cost-usd": formatNanoUsd(report.costNanoUsd),
    "x-fairlead-cache": cacheWord(report.cache),
    "x-fairlead-trace-id": report.traceId,
    "x-fairlead-fell-back": String(report.fellBack),
    "x-fairlead-degraded": report.degraded,
    "x-fairlead-deployment": report.deployment,
  });
}

function withoutEmpty(values: Record<string, string>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== "") headers[name] = value.slice(0, MAX_VALUE).replace(/[^\x20-\x7e]/g, "?");
  }
  return headers;
}
