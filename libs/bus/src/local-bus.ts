import { trace, type Tracer } from "@opentelemetry/api";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { Bus, Subscription } from "./bus.ts";
import { LocalConsumer, type LocalConsumerTools } from "./local-consumer.ts";
import { pause } from "@fairlead/rpc/pause";
import { DEFAULT_REDELIVERY, type Redelivery } from "./redelivery.ts";
import { matchesSubject } from "./subject-pattern.ts";
import { traceProcess, traceSend } from "./trace-events.ts";
import { TurnBatcher } from "./turn-batcher.ts";

/** Settings of a bus within one process. */
export interface LocalBusSettings extends Partial<Redelivery> {
  readonly tracer?: Tracer;
  /** Durable events kept for a consumer at most. */
  readonly maxPending?: number;
  /** Called with durable events that no delivery could bring through. */
  readonly onDeadLetter?: (subject: string, events: readonly Event[]) => void;
  /** Called with what goes wrong in the background. */
  readonly onProblem?: (problem: string, error?: unknown) => void;
}

const SYSTEM = "in_process";
const CLOSE_MS = 5_000;

/** A bus within one process, with the same promises as the one over NATS for as long as the process lives. */
export function createLocalBus(settings: LocalBusSettings = {}): Bus {
  const tracer = settings.tracer ?? trace.getTracer("fairlead.bus");
  const report = settings.onProblem ?? (() => undefined);
  const maxPending = settings.maxPending ?? 100_000;
  const listeners = new Set<{ pattern: string; handle: (events: readonly Event[]) => void }>();
  const consumers = new Map<string, LocalConsumer>();
  const unclaimed: { subject: string; event: Event }[] = [];
  /** Consumers by subject, for the turn: tenants are part of subjects, so there is no bound to them. */
  const takers = new Map<string, LocalConsumer[]>();

  const plain = new TurnBatcher<Event>((subject, events) => {
    for (const listener of listeners) {
      if (!matchesSubject(listener.pattern, subject)) continue;
      const done = traceProcess(tracer, { system: SYSTEM, destination: subject }, events);
      try {
        listener.handle(events);
        done();
      } catch (error) {
        done(error);
        report(`handler of ${listener.pattern}`, error);
      }
    }
  });
  const durable = new TurnBatcher<Event>((subject, events) => {
    for (const consumer of takersOf(subject)) consumer.offer(subject, events);
    takers.delete(subject);
  });

  function takersOf(subject: string): LocalConsumer[] {
    let found = takers.get(subject);
    if (found === undefined) {
      found = [...consumers.values()].filter((consumer) => matchesSubject(consumer.subject, subject));
      if (found.length > 0) takers.set(subject, found);
    }
    return found;
  }

  function accept(subject: string, event: Event): boolean {
    const found = takersOf(subject);
    if (found.length === 0) return unclaimed.length < maxPending && unclaimed.push({ subject, event }) > 0;
    for (const consumer of found) if (consumer.pending >= maxPending) return false;
    for (const consumer of found) consumer.pending += 1;
    durable.add(subject, event);
    return true;
  }

  function toolsOf(name: string): LocalConsumerTools {
    return {
      ...DEFAULT_REDELIVERY,
      ...settings,
      async deliver(subject, events, handle) {
        const done = traceProcess(tracer, { system: SYSTEM, destination: subject, group: name }, events);
        try {
          await handle(events);
          done();
        } catch (error) {
          done(error);
          report(`consumer ${name}`, error);
          throw error;
        }
      },
      giveUp(subject, events) {
        report(`undeliverable events on ${subject}`);
        try {
          settings.onDeadLetter?.(subject, events);
        } catch (error) {
          report(`dead letters of ${name}`, error);
        }
      },
    };
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
    consume({ name, subject }, handle): Subscription {
      // What was counted for the consumers there are must not reach another one.
      durable.flush();
      let consumer = consumers.get(name);
      if (consumer === undefined) {
        consumer = new LocalConsumer(subject, toolsOf(name));
        consumers.set(name, consumer);
        for (const one of unclaimed.splice(0)) accept(one.subject, one.event);
      }
      return consumer.join(handle);
    },
    connected: () => true,
    async close() {
      plain.flush();
      durable.flush();
      const all = [...consumers.values()];
      await Promise.race([Promise.all(all.map((consumer) => consumer.settled())), pause(CLOSE_MS, undefined, true)]);
      for (const consumer of all) consumer.dispose();
      listeners.clear();
      consumers.clear();
    },
  };
}
