import { trace, type Tracer } from "@opentelemetry/api";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { connect, type NatsConnection } from "nats";
import type { Bus, ConsumerSettings, Subscription } from "./bus.ts";
import { createDurablePublisher } from "./durable-publisher.ts";
import { startConsumer } from "./durable-consumer.ts";
import { decode, encode, headersOf } from "./nats-message.ts";
import { traceProcess, traceSend } from "./trace-events.ts";
import { TurnBatcher } from "./turn-batcher.ts";

/** Where the events go. */
export interface NatsBusSettings {
  /** Addresses of NATS servers, for example "nats://127.0.0.1:4222". */
  readonly servers: readonly string[];
  /** Name of the connection, shown by the server. */
  readonly name: string;
  readonly tracer?: Tracer;
  /** Durable events kept while the server is away, at most. */
  readonly maxPending?: number;
  /** Called with what goes wrong in the background. */
  readonly onProblem?: (problem: string, error?: unknown) => void;
}

/**
 * A bus over NATS; durable subjects are kept by JetStream. Resolves once connected, however long that takes: a mesh's
 * parts come and go in any order.
 */
export async function connectNatsBus(settings: NatsBusSettings): Promise<Bus> {
  const tracer = settings.tracer ?? trace.getTracer("fairlead.bus");
  const report = settings.onProblem ?? (() => undefined);
  const connection = await connect({
    servers: [...settings.servers],
    name: settings.name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    waitOnFirstConnect: true,
    pingInterval: 5_000,
    maxPingOut: 2,
  });
  let connected = true;
  void watchStatus(connection, (now) => (connected = now));

  const durable = createDurablePublisher(connection, { maxPending: settings.maxPending ?? 100_000, report });
  const plain = new TurnBatcher((subject, events) => {
    // While the server is away the client would buffer without a bound: facts that nobody keeps are dropped instead.
    if (!connected || connection.isClosed()) return;
    connection.publish(subject, encode(events), { headers: headersOf(events) });
  });

  return {
    publish(subject, event) {
      traceSend(tracer, "nats", subject, event);
      plain.add(subject, event);
    },
    publishDurable(subject, event) {
      traceSend(tracer, "nats", subject, event);
      return durable.publish(subject, event);
    },
    subscribe: (pattern, handle) => subscribe(connection, tracer, report, pattern, handle),
    consume: (consumer: ConsumerSettings, handle) => startConsumer(connection, { tracer, report, ...consumer }, handle),
    connected: () => connected,
    async close() {
      plain.flush();
      await durable.close();
      await connection.drain().catch(() => connection.close());
    },
  };
}

async function watchStatus(connection: NatsConnection, set: (connected: boolean) => void): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === "disconnect") set(false);
    if (type === "reconnect") set(true);
  }
}

function subscribe(
  connection: NatsConnection,
  tracer: Tracer,
  report: (problem: string, error?: unknown) => void,
  pattern: string,
  handle: (events: readonly Event[]) => void,
): Subscription {
  const subscription = connection.subscribe(pattern, {
    callback: (error, message) => {
      if (error !== null) return report("subscription", error);
      const batch = decode(message.data);
      if (batch === undefined) return report(`unreadable message on ${message.subject}`);
      const done = traceProcess(tracer, { system: "nats", destination: message.subject }, batch.events);
      try {
        handle(batch.events);
        done();
      } catch (failure) {
        done(failure);
        report(`handler of ${pattern}`, failure);
      }
    },
  });
  return { close: () => subscription.drain().catch(() => subscription.unsubscribe()) };
}
