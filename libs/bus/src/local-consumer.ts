import type { Event } from "@fairlead/contracts/events/v1/event";
import type { Subscription } from "./bus.ts";
import { handOverEach, type Redelivery, redeliveryDelay } from "./redelivery.ts";

/** Events of one subject that are delivered together. */
interface Delivery {
  readonly subject: string;
  readonly events: readonly Event[];
  failures: number;
}

/** What a consumer needs beside its subject. */
export interface LocalConsumerTools extends Redelivery {
  /** Brings events to a handler. */
  readonly deliver: (subject: string, events: readonly Event[], handle: Handle) => Promise<void>;
  /** Told of events that no delivery could bring through; must not throw. */
  readonly giveUp: (subject: string, events: readonly Event[]) => void;
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
    const { deliver, maxDeliveries, giveUp } = this.#tools;
    const handOver = (events: readonly Event[]) => deliver(delivery.subject, events, handle);
    try {
      await handOver(delivery.events);
    } catch {
      delivery.failures += 1;
      if (delivery.failures < maxDeliveries) return this.#deliverLater(delivery);
      const failed = await handOverEach(delivery.events, handOver);
      if (failed.length > 0) giveUp(delivery.subject, failed);
    }
    this.pending -= delivery.events.length;
    if (this.pending === 0) this.#settled?.();
  }

  #deliverLater(delivery: Delivery): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#enqueue(delivery);
    }, redeliveryDelay(delivery.failures, this.#tools));
    this.#timers.add(timer);
  }
}
