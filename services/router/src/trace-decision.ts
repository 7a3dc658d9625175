import { type Context, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { RouteOutcome } from "@fairlead/decision/routing/decide-route";

/** Opens the span of a decision. */
export function traceDecision(tracer: Tracer, parent: Context) {
  const span = tracer.startSpan("fairlead.decide", {}, parent);
  return {
    /** Ends it with what was decided. */
    end(outcome: RouteOutcome, tenant: string): void {
      if (span.isRecording()) {
        span.setAttributes({
          "fairlead.tenant": tenant,
          "fairlead.strategy": outcome.decision.strategy,
          "fairlead.confidence": outcome.decision.confidence,
          "fairlead.candidates": outcome.decision.candidates.length,
          "fairlead.removals": outcome.decision.removals.length,
        });
        if (outcome.kind === "rejected") span.setStatus({ code: SpanStatusCode.ERROR, message: ErrorCode[outcome.code] ?? "" });
      }
      span.end();
    },
  };
}
