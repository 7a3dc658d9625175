import type { Tracer } from "@opentelemetry/api";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { AckPolicy, type Consumer, type ConsumerMessages, DeliverPolicy, type JsMsg, nanos, type NatsConnection } from "nats";
import type { ConsumerSettings, Subscription } from "./bus.ts";
import { COST_STREAM, deadSubject, ensureStreams, type StreamSettings } from "./durable-streams.ts";
import type { NatsLink } from "./nats-link.ts";
import { decode, encode } from "./nats-message.ts";
import { pause } from "@fairlead/rpc/pause";
import { handOverEach, type Redelivery, redeliveryDelay } from "./redelivery.ts";
import { traceProcess } from "./trace-events.ts";

const ACK_WAIT_MS = 30_000;
const RESTART_MS = 500;
const CLOSE_MS = 1_000;
/** Messages fetched ahead; all of them have to be handled within the time to acknowledge. */
const FETCHED = 64;

/** What a consumer needs beside its settings. */
interface ConsumerTools extends ConsumerSettings {
  readonly tracer: Tracer;
  readonly link: NatsLink;
  readonly redelivery: Redelivery;
  readonly streams: StreamSettings;
  readonly report: (problem: string, error?: unknown) => void;
  /** Told of each message that was set aside. */
  readonly buried: () => void;
}

type Handle = (events: readonly Event[]) => Promise<void>;

/** Takes durable events until closed, over every loss of the connection and of the server. */
export function startConsumer(
  connection: NatsConnection,
  tools: ConsumerTools,
  handle: Handle,
): Subscription {
  const closing = new AbortController();
  let messages: ConsumerMessages | undefined;
  let taking = Promise.resolve();

  async function takeAll(): Promise<void> {
    const consumer = await openConsumer(connection, tools);
    // A server that came back without its store knows no consumer: it is made anew. Short pulls find that out soon.
    messages = await consumer.consume({
      max_messages: FETCHED,
      expires: 5_000,
      idle_heartbeat: 1_000,
      abort_on_missing_resource: true,
    });
    if (closing.signal.aborted) messages.stop();
    for await (const message of messages) {
      // What was fetched but not begun goes to another replica at once.
      if (closing.signal.aborted) message.nak();
      else await (taking = take(connection, tools, message, handle));
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted && !connection.isClosed()) {
      try {
        if (tools.link.connected()) await takeAll();
      } catch (error) {
        if (!closing.signal.aborted && !connection.isClosed()) tools.report(`consumer ${tools.name}`, error);
      }
      await pause(RESTART_MS, closing.signal, true);
    }
  }

  const running = run();
  return {
    async close() {
      closing.abort();
      // What the server has sent by now still arrives and is given back; cut off, it would wait for its ack to be overdue.
      if (tools.link.connected()) await Promise.race([drained(messages), pause(CLOSE_MS, undefined, true)]);
      messages?.stop();
      await taking.catch(() => undefined);
      await Promise.race([running, pause(CLOSE_MS, undefined, true)]);
    },
  };
}

/** Ends the subscription behind fetched messages in order. The client has it, but its type does not show it. */
async function drained(messages: ConsumerMessages | undefined): Promise<void> {
  const { sub } = (messages ?? {}) as { readonly sub?: { drain(): Promise<void> } };
  await sub?.drain().catch(() => undefined);
}

async function openConsumer(connection: NatsConnection, tools: ConsumerTools): Promise<Consumer> {
  await ensureStreams(connection, tools.streams);
  const manager = await connection.jetstreamManager({ timeout: 5_000 });
  await manager.consumers.add(COST_STREAM, {
    durable_name: tools.name,
    filter_subject: tools.subject,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: 1024,
  });
  return connection.jetstream().consumers.get(COST_STREAM, tools.name);
}

async function take(connection: NatsConnection, tools: ConsumerTools, message: JsMsg, handle: Handle): Promise<void> {
  const { redelivery, report, tracer } = tools;
  const batch = decode(message.data);
  if (batch === undefined) return await bury(connection, tools, message, message.data, "unreadable");
  const from = { system: "nats", destination: message.subject, group: tools.name };
  const handOver = async (events: readonly Event[]) => {
    const done = traceProcess(tracer, from, events);
    try {
      await handle(events);
    } catch (error) {
      done(error);
      report(`consumer ${tools.name}`, error);
      throw error;
    }
    done();
  };
  const { deliveryCount } = message.info;
  try {
    await handOver(batch.events);
  } catch {
    if (deliveryCount < redelivery.maxDeliveries) return message.nak(redeliveryDelay(deliveryCount, redelivery));
    const failed = await handOverEach(batch.events, handOver);
    if (failed.length > 0) return await bury(connection, tools, message, encode(failed), "undeliverable");
  }
  message.ack();
}

/** Sets a message's content aside under "fairlead.v1.dead.", so that others proceed. */
async function bury(
  connection: NatsConnection,
  tools: ConsumerTools,
  message: JsMsg,
  bytes: Uint8Array,
  why: string,
): Promise<void> {
  const msgID = `dead/${tools.name}/${message.seq}`;
  tools.report(`${why} message ${message.seq} on ${message.subject}`);
  await connection.jetstream().publish(deadSubject(message.subject), bytes, { msgID });
  message.term(why);
  tools.buried();
}
