import type { Event } from "@fairlead/contracts/events/v1/event";

/** Ends a subscription; resolves when its handler is no longer called. */
export interface Subscription {
  close(): Promise<void>;
}

/** How events of a durable subject are taken. */
export interface ConsumerSettings {
  /** Name shared by all replicas of a consumer: each event reaches one of them, and is kept while none is there. */
  readonly name: string;
  /** Subjects it takes, for example "fairlead.v1.cost.>". */
  readonly subject: string;
}

/**
 * Events between services. Events published on one subject in the same turn of the event loop travel together.
 *
 * Fire-and-forget subjects reach who listens now; durable ones (under "fairlead.v1.cost.") are kept until each consumer
 * has handled them, at least once: consumers act once by the event's id.
 */
export interface Bus {
  /** Tells a fact to who listens. Never throws, never waits; what cannot be sent is counted and dropped. */
  publish(subject: string, event: Event): void;
  /**
   * Tells a fact that must not be lost. Resolves when it is stored.
   *
   * @throws FairleadError OVERLOADED when the bounded store of unsent events is full
   */
  publishDurable(subject: string, event: Event): Promise<void>;
  /** Listens to fire-and-forget subjects; "*" stands for one word, ">" for the rest. */
  subscribe(subject: string, handle: (events: readonly Event[]) => void): Subscription;
  /** Takes durable events. A handler that rejects gets the events again, later; in the end they go to the dead letters. */
  consume(settings: ConsumerSettings, handle: (events: readonly Event[]) => Promise<void>): Subscription;
  /** True when events can be exchanged now. */
  connected(): boolean;
  /** Sends what is waiting, up to a bound, and closes. */
  close(): Promise<void>;
}
