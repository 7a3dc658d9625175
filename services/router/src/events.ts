import { create } from "@bufbuild/protobuf";
import { type Context, trace } from "@opentelemetry/api";
import type { Bus } from "@fairlead/bus/bus";
import { newEvent } from "@fairlead/bus/new-event";
import { subjects } from "@fairlead/bus/subjects";
import { traceParentOf } from "@fairlead/bus/trace-events";
import { DecisionMadeSchema, FeedbackGivenSchema, type OutcomeObserved } from "@fairlead/contracts/events/v1/event";
import type { RequestContext } from "@fairlead/contracts/routing/v1/request_context";
import type { RouteOutcome } from "@fairlead/decision/routing/decide-route";
import type { ServiceTools } from "@fairlead/runtime/service";

/** Tells what happens here. */
export interface RouterEvents {
  outcomeObserved(outcome: OutcomeObserved): void;
  feedbackGiven(requestId: string, tenant: string, score: number, label: string): void;
  decisionMade(context: RequestContext, outcome: RouteOutcome, tookMs: number, trail: Context): void;
}

/** Makes the functions that tell what happens here. */
export function createEvents(bus: Bus, tools: ServiceTools): RouterEvents {
  return {
    outcomeObserved(value) {
      const origin = { id: `${value.requestId}/outcome`, source: "router", now: tools.now() };
      bus.publish(subjects.outcomeObserved(value.tenant), newEvent(origin, { case: "outcomeObserved", value }));
    },
    feedbackGiven(requestId, tenant, score, label) {
      const value = create(FeedbackGivenSchema, { requestId, tenant, score, label });
      const origin = { id: tools.newId(), source: "router", now: tools.now() };
      bus.publish(subjects.feedbackGiven(tenant), newEvent(origin, { case: "feedbackGiven", value }));
    },
    decisionMade(context, { decision }, tookMs, trail) {
      const first = decision.candidates[0];
      const value = create(DecisionMadeSchema, {
        requestId: context.requestId,
        tenant: context.tenant,
        strategy: decision.strategy,
        provider: first?.provider ?? "",
        model: first?.model ?? "",
        confidence: decision.confidence,
        candidates: decision.candidates.length,
        durationUs: Math.round(tookMs * 1000),
        category: decision.analysis?.category ?? "",
        complexity: decision.analysis?.complexity ?? "",
        predictedCostNanoUsd: first?.predictedCostNanoUsd ?? 0n,
      });
      const span = trace.getSpanContext(trail);
      const traceParent = span === undefined ? undefined : traceParentOf(span);
      const origin = { id: `${context.requestId}/decision`, source: "router", now: tools.now(), traceParent };
      bus.publish(subjects.decisionMade(context.tenant), newEvent(origin, { case: "decisionMade", value }));
    },
  };
}
