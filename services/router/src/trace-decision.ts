import { type Attributes, type Context, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import type { Duration } from "@bufbuild/protobuf/wkt";
import { BudgetLevel } from "@fairlead/contracts/cost/v1/budget";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { StateAge } from "@fairlead/contracts/routing/v1/decision";
import type { BudgetPressure } from "@fairlead/decision/cost/budget-pressure";
import type { RouteOutcome } from "@fairlead/decision/routing/decide-route";
import type { Prepared } from "./prepare-request.ts";

/** Opens the span of a decision. */
export function traceDecision(tracer: Tracer, parent: Context) {
  const span = tracer.startSpan("fairlead.decide", {}, parent);
  return {
    /** Ends it with what was decided. */
    end(outcome: RouteOutcome, { subject, pressure }: Prepared): void {
      if (span.isRecording()) {
        const { decision } = outcome;
        span.setAttributes({
          "fairlead.tenant": subject.context.tenant,
          "fairlead.strategy": decision.strategy,
          "fairlead.confidence": decision.confidence,
          "fairlead.candidates": decision.candidates.length,
          "fairlead.removals": decision.removals.length,
          ...ageAttributes(decision.stateAge),
          ...budgetAttributes(pressure),
        });
        if (outcome.kind === "rejected") {
          const name = ErrorCode[outcome.code] ?? "";
          span.setAttribute("error.type", name);
          span.setStatus({ code: SpanStatusCode.ERROR, message: name });
        }
      }
      span.end();
    },
  };
}

/** How old the state is that the decision rests on; what was never received has no age. */
function ageAttributes(age: StateAge | undefined): Attributes {
  const attributes: Attributes = {};
  for (const part of ["targets", "cost", "health"] as const) {
    const duration = age?.[part];
    if (duration !== undefined) attributes[`fairlead.snapshot.${part}.age_ms`] = milliseconds(duration);
  }
  return attributes;
}

/** The budget that bounds the request most, where there is one. */
function budgetAttributes({ worst, used, level }: BudgetPressure): Attributes {
  if (worst === undefined) return {};
  return {
    "fairlead.budget.id": worst.budget?.budgetId ?? "",
    "fairlead.budget.level": (BudgetLevel[level] ?? "").toLowerCase(),
    "fairlead.budget.used": used,
  };
}

function milliseconds({ seconds, nanos }: Duration): number {
  return Number(seconds) * 1_000 + nanos / 1e6;
}
