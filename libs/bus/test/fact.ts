import { create } from "@bufbuild/protobuf";
import { AlertChangedSchema, type Event } from "@fairlead/contracts/events/v1/event";
import { newEvent } from "../src/new-event.ts";

/** An event to publish. */
export function fact(id: string, options: { readonly traceParent?: string; readonly text?: string } = {}): Event {
  const value = create(AlertChangedSchema, { alertId: id, message: options.text ?? "" });
  return newEvent({ id, source: "test", now: 1_000, traceParent: options.traceParent }, { case: "alertChanged", value });
}

/** Events with numbers for names, from 1. */
export function facts(count: number): Event[] {
  return Array.from({ length: count }, (_, index) => fact(String(index + 1)));
}

/** Names of events. */
export function idsOf(events: readonly Event[]): string[] {
  return events.map(({ eventId }) => eventId);
}

let subjects = 0;

/** A durable subject that no other test uses. */
export function freshDurable(): string {
  subjects += 1;
  return `fairlead.v1.cost.incurred.tenant-${subjects}`;
}

/** A consumer's name that no other test uses. */
export function freshName(): string {
  subjects += 1;
  return `consumer-${subjects}`;
}
