import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Event, type EventBatch, EventBatchSchema } from "@fairlead/contracts/events/v1/event";
import { headers, type MsgHdrs } from "nats";
import { sampledSpan } from "./trace-events.ts";

/** The wire form of events that travel together. */
export function encode(events: readonly Event[]): Uint8Array {
  return toBinary(EventBatchSchema, create(EventBatchSchema, { events: [...events] }));
}

/** Headers of a message: the trace of its first traced event. */
export function headersOf(events: readonly Event[]): MsgHdrs {
  const result = headers();
  const traced = events.find((event) => sampledSpan(event.traceParent) !== undefined);
  if (traced !== undefined) result.set("traceparent", traced.traceParent);
  return result;
}

/** The events of a message; undefined where it cannot be read. */
export function decode(bytes: Uint8Array): EventBatch | undefined {
  try {
    return fromBinary(EventBatchSchema, bytes);
  } catch {
    return undefined;
  }
}
