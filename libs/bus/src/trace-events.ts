import { type Attributes, context, isSpanContextValid, type SpanContext, SpanKind, SpanStatusCode, trace, TraceFlags, type Tracer } from "@opentelemetry/api";
import type { Event } from "@fairlead/contracts/events/v1/event";

const TRACE_PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Names of messaging conventions that are not yet stable in the package of semantic conventions. */
const MESSAGING = {
  system: "messaging.system",
  operationName: "messaging.operation.name",
  operationType: "messaging.operation.type",
  destination: "messaging.destination.name",
  consumerGroup: "messaging.consumer.group.name",
  messageId: "messaging.message.id",
} as const;

/** The sampled span that a W3C traceparent names; undefined where it is absent, broken or not sampled. */
export function sampledSpan(traceParent: string): SpanContext | undefined {
  if (!traceParent.endsWith("1")) return undefined;
  const match = TRACE_PARENT.exec(traceParent);
  if (match === null) return undefined;
  const span: SpanContext = { traceId: match[1] ?? "", spanId: match[2] ?? "", traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}

/** W3C traceparent of a span. */
export function traceParentOf(span: SpanContext): string {
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, "0")}`;
}

/** Makes the PRODUCER span of an event that belongs to a sampled trace, and names it in the event. */
export function traceSend(tracer: Tracer, system: string, destination: string, event: Event): void {
  const parent = sampledSpan(event.traceParent);
  if (parent === undefined) return;
  const attributes = attributesOf(system, "send", destination, event);
  const span = tracer.startSpan(`send ${destination}`, { kind: SpanKind.PRODUCER, attributes }, trace.setSpanContext(context.active(), parent));
  if (span.isRecording()) event.traceParent = traceParentOf(span.spanContext());
  span.end();
}

/** Where events were taken from. */
export interface TakenFrom {
  readonly system: string;
  readonly destination: string;
  /** Name of the consumer; undefined for plain subscriptions. */
  readonly group?: string;
}

/**
 * Opens a CONSUMER span for each event of a sampled trace, linked to the span that sent it and in the same trace.
 *
 * @returns ends the spans; a failure marks them as errors
 */
export function traceProcess(tracer: Tracer, from: TakenFrom, events: readonly Event[]): (failure?: unknown) => void {
  const spans = events.flatMap((event) => {
    const sender = sampledSpan(event.traceParent);
    if (sender === undefined) return [];
    const attributes = attributesOf(from.system, "process", from.destination, event);
    if (from.group !== undefined) attributes[MESSAGING.consumerGroup] = from.group;
    const options = { kind: SpanKind.CONSUMER, attributes, links: [{ context: sender }] };
    return [tracer.startSpan(`process ${from.destination}`, options, trace.setSpanContext(context.active(), sender))];
  });
  return (failure) => {
    for (const span of spans) {
      if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    }
  };
}

function attributesOf(system: string, operation: string, destination: string, event: Event): Attributes {
  return {
    [MESSAGING.system]: system,
    [MESSAGING.operationName]: operation,
    [MESSAGING.operationType]: operation,
    [MESSAGING.destination]: destination,
    [MESSAGING.messageId]: event.eventId,
  };
}
