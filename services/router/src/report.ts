import { create } from "@bufbuild/protobuf";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { Outcome } from "@fairlead/contracts/execution/v1/execution_service";
import type { Decision } from "@fairlead/contracts/routing/v1/decision";
import { CacheState, type RouteReport, RouteReportSchema } from "@fairlead/contracts/routing/v1/route_report";
import type { CallContext } from "@fairlead/rpc/call";
import { traceIdOf } from "@fairlead/runtime/trace-identity";
import type { Routed } from "./route-request.ts";

/** Candidates and removals told with an answer; Explain tells all. They would be most of what travels beside it. */
const TOLD = 3;

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
    decision: shortened(routed.decision),
    attempts: outcome?.attempts ?? [],
    costNanoUsd: outcome?.costNanoUsd ?? 0n,
    cache,
    traceId: traceIdOf(call.trace),
    adaptations: [...routed.adaptations, ...adaptations],
    deployment: outcome?.deployment ?? "",
    hedged: outcome?.hedged ?? false,
    ...(outcome?.qualityScore === undefined ? {} : { qualityScore: outcome.qualityScore }),
    fellBack: outcome !== undefined && (provider !== first?.provider || model !== first.model),
  });
}

function shortened(decision: Decision): Decision {
  const { candidates, removals } = decision;
  if (candidates.length <= TOLD && removals.length <= TOLD) return decision;
  return { ...decision, candidates: candidates.slice(0, TOLD), removals: removals.slice(0, TOLD) };
}

/** How an answer from the store was made: for nothing, by nobody. */
export function storedReport(stored: RouteReport, requestId: string, call: CallContext): RouteReport {
  return { ...stored, requestId, attempts: [], costNanoUsd: 0n, cache: CacheState.HIT, traceId: traceIdOf(call.trace) };
}
