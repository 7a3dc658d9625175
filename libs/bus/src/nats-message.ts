import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Event, type EventBatch, EventBatchSchema } from "@fairlead/contracts/events/v1/event";
import { headers, type MsgHdrs, type NatsConnection } from "nats";
import { sampledSpan } from "./trace-events.ts";

/** Bytes that a message's own headers take at most. */
const HEADER_BYTES = 512;

/** The wire form of events that travel together. */
export function encode(events: readonly Event[]): Uint8Array {
  return toBinary(EventBatchSchema, create(EventBatchSchema, { events: [...events] }));
}

/** Events of one message and their wire form. */
export interface Packed {
  readonly events: readonly Event[];
  readonly bytes: Uint8Array;
}

/** Packs events in order into messages of so many bytes at most; a single event may be larger. */
export function pack(events: readonly Event[], maxBytes: number): Packed[] {
  const bytes = encode(events);
  if (bytes.length <= maxBytes || events.length < 2) return [{ events, bytes }];
  const half = events.length >> 1;
  return [...pack(events.slice(0, half), maxBytes), ...pack(events.slice(half), maxBytes)];
}

/** Bytes of events that a message can hold beside its headers. */
export function roomOf(connection: NatsConnection): number {
  return (connection.info?.max_payload ?? 1024 ** 2) - HEADER_BYTES;
}

/** Headers of a message: the trace of its first traced event; undefined where none is traced. */
export function headersOf(events: readonly Event[]): MsgHdrs | undefined {
  const traced = events.find((event) => sampledSpan(event.traceParent) !== undefined);
  if (traced === undefined) return undefined;
  const result = headers();
  result.set("traceparent", traced.traceParent);
  return result;
}

/** The events of a message; undefined where it cannot be read or holds none. */
export function decode(bytes: Uint8Array): EventBatch | undefined {
  try {
    const batch = fromBinary(EventBatchSchema, bytes);
    return batch.events.length === 0 ? undefined : batch;
  } catch {
    return undefined;
  }
}
