import { ErrorCode, type ErrorDetail } from "@fairlead/contracts/errors/v1/error";
import type { RouteReport } from "@fairlead/contracts/routing/v1/route_report";

/** The failure of a stream that ended without saying that its answer is complete. */
export function brokenStream(report: RouteReport | undefined): ErrorDetail {
  return {
    $typeName: "fairlead.errors.v1.ErrorDetail",
    code: ErrorCode.STREAM_INTERRUPTED,
    message: "The stream ended before the answer was complete.",
    retryable: true,
    violations: [],
    attempts: report?.attempts ?? [],
    provider: report?.provider ?? "",
    requestId: report?.requestId ?? "",
  };
}
