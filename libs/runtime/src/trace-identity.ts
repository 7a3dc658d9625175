import { randomFillSync } from "node:crypto";
import { type Context, isSpanContextValid, trace, TraceFlags } from "@opentelemetry/api";

/** The trace id of a context; empty where it has none. */
export function traceIdOf(context: Context): string {
  const span = trace.getSpanContext(context);
  return span !== undefined && isSpanContextValid(span) ? span.traceId : "";
}

/** A context that has a trace id: its own, or, while telemetry is off, a new one that is not sampled. */
export function withTraceId(context: Context): Context {
  if (traceIdOf(context) !== "") return context;
  return trace.setSpanContext(context, { ...newIds(), traceFlags: TraceFlags.NONE });
}

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;

/** Random bytes are drawn many at a time: each draw is a call of the kernel's generator. */
const pool = Buffer.alloc((TRACE_BYTES + SPAN_BYTES) * 256);
let used = pool.length;

function newIds(): { traceId: string; spanId: string } {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const middle = used + TRACE_BYTES;
  const end = middle + SPAN_BYTES;
  const ids = { traceId: pool.toString("hex", used, middle), spanId: pool.toString("hex", middle, end) };
  used = end;
  return ids;
}
