import { randomBytes } from "node:crypto";
import { type Context, isSpanContextValid, trace, TraceFlags } from "@opentelemetry/api";

/** The trace id of a context; empty where it has none. */
export function traceIdOf(context: Context): string {
  const span = trace.getSpanContext(context);
  return span !== undefined && isSpanContextValid(span) ? span.traceId : "";
}

/** A context that has a trace id: its own, or, while telemetry is off, a new one that is not sampled. */
export function withTraceId(context: Context): Context {
  if (traceIdOf(context) !== "") return context;
  const span = { traceId: randomBytes(16).toString("hex"), spanId: randomBytes(8).toString("hex"), traceFlags: TraceFlags.NONE };
  return trace.setSpanContext(context, span);
}
