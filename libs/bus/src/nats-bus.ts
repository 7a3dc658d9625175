import { trace, type Tracer } from "@opentelemetry/api";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { connect, type NatsConnection } from "nats";
import type { Bus, ConsumerSettings, Subscription } from "./bus.ts";
import type { BusCounts } from "./bus-counts.ts";
import { createDurablePublisher } from "./durable-publisher.ts";
import { startConsumer } from "./durable-consumer.ts";
import type { StreamSettings } from "./durable-streams.ts";
import { decode, headersOf, pack, roomOf } from "./nats-message.ts";
import { followLink, type NatsLink } from "./nats-link.ts";
import { loginOptions, type NatsLogin } from "./nats-login.ts";
import { pause } from "@fairlead/rpc/pause";
import { DEFAULT_REDELIVERY, type Redelivery } from "./redelivery.ts";
import { traceProcess, traceSend } from "./trace-events.ts";
import { PAUSE_MS, TurnBatcher } from "./turn-batcher.ts";

/** Where the events go. */
export interface NatsBusSettings extends Partial<Redelivery>, NatsLogin {
  /** Addresses of NATS servers, for example "127.0.0.1:4222"; of a URL only host and port are looked at. */
  readonly servers: readonly string[];
  /** True: without TLS nothing is sent. Else TLS where the server offers it. */
  readonly tls?: boolean;
  /** Name of the connection, shown by the server. */
  readonly name: string;
  readonly tracer?: Tracer;
  /** Durable events kept while the server is away, at most. */
  readonly maxPending?: number;
  /** Called with what goes wrong in the background. */
  readonly onProblem?: (problem: string, error?: unknown) => void;
  readonly counts?: BusCounts;
  readonly streams?: StreamSettings;
}

type Report = (problem: string, error?: unknown) => void;

const CLOSE_MS = 2_000;

/**
 * A bus over NATS; durable subjects are kept by JetStream. A connection that is lost is made again, however long that takes.
 *
 * @throws NatsError when no server can be reached at first
 */
export async function connectNatsBus(settings: NatsBusSettings): Promise<Bus> {
  const tracer = settings.tracer ?? trace.getTracer("fairlead.bus");
  const report = settings.onProblem ?? (() => undefined);
  const connection = await connect({
    servers: [...settings.servers],
    name: settings.name,
    // Milliseconds for one attempt.
    timeout: 5_000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    // A login that is refused now may be accepted later: servers and files of logins are not changed in one moment.
    ignoreAuthErrorAbort: true,
    ...loginOptions(settings),
    ...(settings.tls === true ? { tls: {} } : {}),
    // A server that has gone silent is given up after 6 s: sooner than silence is taken for the absence of others.
    pingInterval: 2_000,
    maxPingOut: 2,
    // The client would take a stack trace for every publish, for the case that it fails.
    noAsyncTraces: true,
  });
  let dropped = 0;
  const link = followLink(connection, (connected) => {
    if (!connected || dropped === 0) return;
    report(`${dropped} events were dropped while the server was away`);
    dropped = 0;
  });
  const drop = (events: number) => {
    dropped += events;
    settings.counts?.dropped(events);
  };
  settings.counts?.follow(() => link.connected());
  const streams = settings.streams ?? {};
  const durable = createDurablePublisher(connection, { link, streams, maxPending: settings.maxPending ?? 100_000, report });
  const plain = new TurnBatcher<Event>((subject, events) => {
    // While the server is away the client would buffer without a bound: facts that nobody keeps are dropped instead.
    if (link.connected()) publishPlain(connection, report, subject, events);
    else drop(events.length);
  }, PAUSE_MS);
  const redelivery: Redelivery = { ...DEFAULT_REDELIVERY, ...settings };

  return {
    publish(subject, event) {
      traceSend(tracer, "nats", subject, event);
      plain.add(subject, event);
    },
    publishDurable(subject, event) {
      traceSend(tracer, "nats", subject, event);
      return durable.publish(subject, event);
    },
    subscribe: (pattern, handle) => subscribe(connection, link, tracer, report, pattern, handle),
    consume: (consumer: ConsumerSettings, handle) =>
      startConsumer(connection, { tracer, report, link, redelivery, streams, buried: () => settings.counts?.buried(), ...consumer }, handle),
    connected: () => link.connected(),
    async close() {
      plain.flush();
      await durable.close();
      // Draining waits for the server, and gives up without closing where it is away.
      if (link.connected()) await Promise.race([connection.drain().catch(() => undefined), pause(CLOSE_MS, undefined, true)]);
      await connection.close();
    },
  };
}

function publishPlain(connection: NatsConnection, report: Report, subject: string, events: readonly Event[]): void {
  try {
    for (const { events: some, bytes } of pack(events, roomOf(connection))) {
      const headers = headersOf(some);
      connection.publish(subject, bytes, headers === undefined ? {} : { headers });
    }
  } catch (error) {
    report(`publish on ${subject}`, error);
  }
}

function subscribe(
  connection: NatsConnection,
  link: NatsLink,
  tracer: Tracer,
  report: Report,
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
  return {
    async close() {
      if (link.connected()) await Promise.race([subscription.drain().catch(() => undefined), pause(CLOSE_MS, undefined, true)]);
      if (!subscription.isClosed()) subscription.unsubscribe();
    },
  };
}
