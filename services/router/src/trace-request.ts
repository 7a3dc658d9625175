import { type Context, type Span, trace } from "@opentelemetry/api";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { OutcomeObserved } from "@fairlead/contracts/events/v1/event";
import type { RequestContext } from "@fairlead/contracts/routing/v1/request_context";
import { CacheState } from "@fairlead/contracts/routing/v1/route_report";
import { asFairleadError } from "@fairlead/rpc/fairlead-error";

/*
 * What a request was and what came of it stands on one span, the one of the router's call, so that one search finds it.
 * Where router and edge share a process there is no such span, and it stands on the edge's.
 */

/** Says whose request it is. */
export function traceTerms(context: Context, { requestId, tenant }: RequestContext): void {
  recordedSpan(context)?.setAttributes({ "fairlead.request.id": requestId, "fairlead.tenant": tenant });
}

/** Says whether the store was asked for an answer, and had one. */
export function traceCache(context: Context, state: CacheState): void {
  recordedSpan(context)?.setAttribute("fairlead.cache.state", (CacheState[state] ?? "").toLowerCase());
}

/** Says what came of a request that was routed. */
export function traceOutcome(context: Context, outcome: OutcomeObserved): void {
  const span = recordedSpan(context);
  if (span === undefined) return;
  span.setAttributes({
    "fairlead.strategy": outcome.strategy,
    "fairlead.attempt.count": outcome.attempts,
    "fairlead.cost.usd": Number(outcome.costNanoUsd) / 1e9,
    "fairlead.fell_back": outcome.succeeded && outcome.fellBack,
  });
  if (outcome.provider !== "") span.setAttributes({ "fairlead.provider": outcome.provider, "fairlead.model": outcome.model });
  if (!outcome.succeeded) span.setAttribute("error.type", ErrorCode[outcome.errorCode] ?? "");
}

/** Says why a request went nowhere, for example because a budget has no room for it. */
export function traceRefusal(context: Context, thrown: unknown): void {
  recordedSpan(context)?.setAttribute("error.type", ErrorCode[asFairleadError(thrown).code] ?? "");
}

function recordedSpan(context: Context): Span | undefined {
  const span = trace.getSpan(context);
  return span?.isRecording() === true ? span : undefined;
}
