import { trace, type Tracer } from "@opentelemetry/api";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { Bus, ConsumerSettings, Subscription } from "./bus.ts";
import { matchesSubject } from "./subject-pattern.ts";
import { type TakenFrom, traceProcess, traceSend } from "./trace-events.ts";
import { TurnBatcher } from "./turn-batcher.ts";

/** Settings of a bus within one process. */
export interface LocalBusSettings {
  readonly tracer?: Tracer;
  /** Durable events kept for a consumer at most. */
  readonly maxPending?: number;
  /** Deliveries of durable events before they are given up as dead letters. */
  readonly maxDeliveries?: number;
  /** Milliseconds before the second delivery; doubled for each further one. */
  readonly redeliveryMs?: number;
  /** Called with durable events that no delivery could bring through. */
  readonly onDeadLetter?: (subject: string, events: readonly Event[]) => void;
}

interface Consumer extends ConsumerSettings {
  readonly handle: (events: readonly Event[]) => Promise<void>;
  pending: number;
  work: Promise<void>;
}

const SYSTEM = "in_process";

/** A bus within one process, with the same promises as the one over NATS for as long as the process lives. */
export function createLocalBus(settings: LocalBusSettings = {}): Bus {
  const tracer = settings.tracer ?? trace.getTracer("fairlead.bus");
  const maxPending = settings.maxPending ?? 100_000;
  const listeners = new Set<{ pattern: string; handle: (events: readonly Event[]) => void }>();
  const consumers = new Map<string, Consumer>();
  const unclaimed: { subject: string; event: Event }[] = [];

  const plain = new TurnBatcher((subject, events) => {
    for (const listener of listeners) {
      if (!matchesSubject(listener.pattern, subject)) continue;
      const done = traceProcess(tracer, { system: SYSTEM, destination: subject }, events);
      try {
        listener.handle(events);
        done();
      } catch (error) {
        done(error);
      }
    }
  });

  const durable = new TurnBatcher((subject, events) => {
    for (const consumer of consumers.values()) {
      if (matchesSubject(consumer.subject, subject)) enqueue(consumer, subject, events);
    }
  });

  function enqueue(consumer: Consumer, subject: string, events: Event[]): void {
    const from = { system: SYSTEM, destination: subject, group: consumer.name };
    consumer.work = consumer.work.then(() => deliver(consumer, from, events, 1)).then(() => {
      consumer.pending -= events.length;
    });
  }

  async function deliver(consumer: Consumer, from: TakenFrom, events: Event[], delivery: number): Promise<void> {
    const done = traceProcess(tracer, from, events);
    try {
      await consumer.handle(events);
      done();
    } catch (error) {
      done(error);
      if (delivery >= (settings.maxDeliveries ?? 10)) return settings.onDeadLetter?.(from.destination, events);
      await new Promise((resolve) => setTimeout(resolve, (settings.redeliveryMs ?? 100) * 2 ** (delivery - 1)));
      await deliver(consumer, from, events, delivery + 1);
    }
  }

  function accept(subject: string, event: Event): boolean {
    const takers = [...consumers.values()].filter((consumer) => matchesSubject(consumer.subject, subject));
    if (takers.some((consumer) => consumer.pending >= maxPending)) return false;
    if (takers.length === 0) {
      if (unclaimed.length >= maxPending) return false;
      unclaimed.push({ subject, event });
      return true;
    }
    for (const consumer of takers) consumer.pending += 1;
    durable.add(subject, event);
    return true;
  }

  return {
    publish(subject, event) {
      traceSend(tracer, SYSTEM, subject, event);
      plain.add(subject, event);
    },
    publishDurable(subject, event) {
      traceSend(tracer, SYSTEM, subject, event);
      if (accept(subject, event)) return Promise.resolve();
      return Promise.reject(failure(ErrorCode.OVERLOADED, "Too many events wait for their consumer."));
    },
    subscribe(pattern, handle): Subscription {
      const listener = { pattern, handle };
      listeners.add(listener);
      return { close: async () => void listeners.delete(listener) };
    },
    consume(consumerSettings, handle): Subscription {
      const consumer: Consumer = { ...consumerSettings, handle, pending: 0, work: Promise.resolve() };
      consumers.set(consumer.name, consumer);
      for (const { subject, event } of unclaimed.splice(0)) accept(subject, event);
      return {
        close: async () => {
          durable.flush();
          await consumer.work;
          consumers.delete(consumer.name);
        },
      };
    },
    connected: () => true,
    async close() {
      plain.flush();
      durable.flush();
      await Promise.all([...consumers.values()].map((consumer) => consumer.work));
      listeners.clear();
      consumers.clear();
    },
  };
}
