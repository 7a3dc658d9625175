import type { Event } from "@fairlead/contracts/events/v1/event";

/** How durable events are delivered that a handler rejects. */
export interface Redelivery {
  /** Deliveries before events are given up. */
  readonly maxDeliveries: number;
  /** Milliseconds before the second delivery; doubled for each further one. */
  readonly redeliveryMs: number;
}

/** Defaults: given up after some two minutes, longer than what a handler needs is usually away. */
export const DEFAULT_REDELIVERY: Redelivery = { maxDeliveries: 12, redeliveryMs: 100 };

const LONGEST_MS = 30_000;

/** Milliseconds before the next delivery. */
export function redeliveryDelay(deliveries: number, { redeliveryMs }: Redelivery): number {
  return Math.min(redeliveryMs * 2 ** (deliveries - 1), LONGEST_MS);
}

/**
 * Hands over each event alone that failed together for the last time, so that one does not take the others with it.
 *
 * @returns events that failed alone as well
 */
export async function handOverEach(
  events: readonly Event[],
  handOver: (events: readonly Event[]) => Promise<void>,
): Promise<Event[]> {
  if (events.length === 1) return [...events];
  const failed: Event[] = [];
  for (const event of events) await handOver([event]).catch(() => failed.push(event));
  return failed;
}
