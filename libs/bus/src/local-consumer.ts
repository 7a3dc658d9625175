import type { Event } from "@fairlead/contracts/events/v1/event";
import type { Subscription } from "./bus.ts";

/** Events of one subject that are delivered together. */
export interface Delivery {
  readonly subject: string;
  readonly events: readonly Event[];
  /** Deliveries so far that failed. */
  failures: number;
}

/** What a consumer needs beside its subject. */
export interface LocalConsumerTools {
  /** Deliveries before events are given up. */
  readonly maxDeliveries: number;
  /** Milliseconds before the second delivery; doubled for each further one. */
  readonly redeliveryMs: number;
  /** Brings a delivery to a handler. */
  readonly deliver: (delivery: Delivery, handle: Handle) => Promise<void>;
  /** Told of events that no delivery could bring through; must not throw. */
  readonly giveUp: (delivery: Delivery) => void;
}

type Handle = (events: readonly Event[]) => Promise<void>;

interface Replica {
  readonly handle: Handle;
  closed: boolean;
  work: Promise<void> | undefined;
}

/** A consumer with all its replicas, and the durable events kept for them, also while there is none. */
export class LocalConsumer {
  readonly subject: string;
  /** Events accepted for it that are not handled yet. */
  pending = 0;
  readonly #tools: LocalConsumerTools;
  readonly #waiting = new Set<Delivery>();
  readonly #replicas = new Set<Replica>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #settled: (() => void) | undefined;

  constructor(subject: string, tools: LocalConsumerTools) {
    this.subject = subject;
    this.#tools = tools;
  }

  /** Adds events that are already counted as pending. */
  offer(subject: string, events: readonly Event[]): void {
    this.#enqueue({ subject, events, failures: 0 });
  }

  /** Adds a replica. Each delivery goes to one of them; a replica takes one at a time. */
  join(handle: Handle): Subscription {
    const replica: Replica = { handle, closed: false, work: undefined };
    this.#replicas.add(replica);
    this.#wake();
    return {
      close: async () => {
        replica.closed = true;
        this.#replicas.delete(replica);
        await replica.work;
        // What it had been woken for is for another one now.
        this.#wake();
      },
    };
  }

  /** Resolves when nothing is pending, or no replica is there to take it. */
  settled(): Promise<void> {
    if (this.pending === 0 || this.#replicas.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.#settled = resolve));
  }

  /** Takes no further part: handlers are not called any more. */
  dispose(): void {
    for (const replica of this.#replicas) replica.closed = true;
    this.#replicas.clear();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #enqueue(delivery: Delivery): void {
    this.#waiting.add(delivery);
    this.#wake();
  }

  /** Sets an idle replica to work, another one each time. */
  #wake(): void {
    for (const replica of this.#replicas) {
      if (replica.work !== undefined) continue;
      this.#replicas.delete(replica);
      this.#replicas.add(replica);
      replica.work = this.#work(replica);
      return;
    }
  }

  async #work(replica: Replica): Promise<void> {
    // Handlers are never called within the call that published or joined.
    await Promise.resolve();
    for (const delivery of this.#waiting) {
      if (replica.closed) break;
      this.#waiting.delete(delivery);
      await this.#attempt(delivery, replica.handle);
    }
    replica.work = undefined;
  }

  async #attempt(delivery: Delivery, handle: Handle): Promise<void> {
    try {
      await this.#tools.deliver(delivery, handle);
    } catch {
      delivery.failures += 1;
      if (delivery.failures < this.#tools.maxDeliveries) return this.#deliverLater(delivery);
      this.#tools.giveUp(delivery);
    }
    this.pending -= delivery.events.length;
    if (this.pending === 0) this.#settled?.();
  }

  #deliverLater(delivery: Delivery): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#enqueue(delivery);
    }, this.#tools.redeliveryMs * 2 ** (delivery.failures - 1));
    this.#timers.add(timer);
  }
}
