import { create } from "@bufbuild/protobuf";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { Outcome } from "@fairlead/contracts/execution/v1/execution_service";
import { CacheState, type RouteReport, RouteReportSchema } from "@fairlead/contracts/routing/v1/route_report";
import type { CallContext } from "@fairlead/rpc/call";
import { traceIdOf } from "@fairlead/runtime/trace-identity";
import type { Routed } from "./route-request.ts";

/** How an answer was made, as far as it is known. */
export function reportOf(
  routed: Routed,
  outcome: Outcome | undefined,
  cache: CacheState,
  adaptations: readonly Adaptation[],
  call: CallContext,
): RouteReport {
  const first = routed.decision.candidates[0];
  const provider = outcome?.provider ?? "";
  const model = outcome?.model ?? "";
  return create(RouteReportSchema, {
    requestId: routed.account.requestId,
    provider,
    model,
    decision: routed.decision,
    attempts: outcome?.attempts ?? [],
    costNanoUsd: outcome?.costNanoUsd ?? 0n,
    cache,
    traceId: traceIdOf(call.trace),
    adaptations: [...routed.adaptations, ...adaptations],
    fellBack: outcome !== undefined && (provider !== first?.provider || model !== first.model),
  });
}

/** How an answer from the store was made: for nothing, by nobody. */
export function storedReport(stored: RouteReport, requestId: string, call: CallContext): RouteReport {
  return { ...stored, requestId, attempts: [], costNanoUsd: 0n, cache: CacheState.HIT, traceId: traceIdOf(call.trace) };
}
