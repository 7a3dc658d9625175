import { create } from "@bufbuild/protobuf";
import { type Event, EventSchema } from "@fairlead/contracts/events/v1/event";

/** What an event says beside its fact. */
export interface EventOrigin {
  /** Unique name: a consumer acts once on it. */
  readonly id: string;
  /** Service that tells it. */
  readonly source: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** W3C traceparent of the span that sends it. */
  readonly traceParent?: string | undefined;
}

/** Makes an event. */
export function newEvent(origin: EventOrigin, fact: Event["fact"]): Event {
  return create(EventSchema, {
    eventId: origin.id,
    occurredUnixMs: BigInt(Math.trunc(origin.now)),
    source: origin.source,
    traceParent: origin.traceParent ?? "",
    fact,
  });
}
