import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { RequestContext } from "@fairlead/contracts/routing/v1/request_context";
import { CacheState, type RouteReport } from "@fairlead/contracts/routing/v1/route_report";
import type { CallContext } from "@fairlead/rpc/call";
import { asFairleadError } from "@fairlead/rpc/fairlead-error";
import type { RequestKind, RequestMeter, RouterMetrics } from "./metrics.ts";
import { DEFAULT_TENANT } from "./request-context.ts";
import { type RequestResult, resultOf } from "./request-result.ts";

interface Asked {
  readonly context?: RequestContext | undefined;
}

interface Told {
  readonly report?: RouteReport | undefined;
}

type Metrics = Pick<RouterMetrics, "requestBegan">;

/** The same handler, with its requests counted and timed by how they end. */
export function countAnswers<Request extends Asked, Answer extends Told>(
  metrics: Metrics,
  kind: RequestKind,
  handle: (request: Request, call: CallContext) => Promise<Answer>,
) {
  return async (request: Request, call: CallContext): Promise<Answer> => {
    const meter = beginMeter(metrics, kind, request);
    try {
      const answer = await handle(request, call);
      meter.ended(toldResult(answer.report), ErrorCode.UNSPECIFIED);
      return answer;
    } catch (thrown) {
      meterFailure(meter, thrown);
      throw thrown;
    }
  };
}

/** Begins to measure a request. */
export function beginMeter(metrics: Metrics, kind: RequestKind, { context }: Asked): RequestMeter {
  return metrics.requestBegan(kind, context === undefined || context.tenant === "" ? DEFAULT_TENANT : context.tenant);
}

/** Tells that a request ended with an error. */
export function meterFailure(meter: RequestMeter, thrown: unknown): void {
  const code = asFairleadError(thrown).code ?? ErrorCode.INTERNAL;
  meter.ended(resultOf(code), code);
}

function toldResult(report: RouteReport | undefined): RequestResult {
  if (report === undefined) return "answered";
  if (report.degraded !== "") return "degraded";
  return report.cache === CacheState.HIT ? "stored" : "answered";
}
