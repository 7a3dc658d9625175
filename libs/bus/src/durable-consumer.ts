import type { Tracer } from "@opentelemetry/api";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { AckPolicy, type Consumer, type ConsumerMessages, DeliverPolicy, type JsMsg, nanos, type NatsConnection } from "nats";
import type { ConsumerSettings, Subscription } from "./bus.ts";
import { COST_STREAM, deadSubject, ensureStreams } from "./durable-streams.ts";
import { decode } from "./nats-message.ts";
import { traceProcess } from "./trace-events.ts";

const ACK_WAIT_MS = 30_000;
const MAX_DELIVERIES = 10;
const RESTART_MS = 500;

/** What a consumer needs beside its settings. */
interface ConsumerTools extends ConsumerSettings {
  readonly tracer: Tracer;
  readonly report: (problem: string, error?: unknown) => void;
}

/** Takes durable events until closed, over every loss of the connection and of the server. */
export function startConsumer(
  connection: NatsConnection,
  tools: ConsumerTools,
  handle: (events: readonly Event[]) => Promise<void>,
): Subscription {
  let messages: ConsumerMessages | undefined;
  let closed = false;

  async function run(): Promise<void> {
    while (!closed && !connection.isClosed()) {
      try {
        const consumer = await openConsumer(connection, tools);
        messages = await consumer.consume({ max_messages: 256, idle_heartbeat: 5_000 });
        if (closed) messages.stop();
        for await (const message of messages) await take(connection, tools, message, handle);
      } catch (error) {
        if (!closed) tools.report(`consumer ${tools.name}`, error);
      }
      if (!closed) await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
    }
  }

  const running = run();
  return {
    async close() {
      closed = true;
      messages?.stop();
      await running;
    },
  };
}

async function openConsumer(connection: NatsConnection, tools: ConsumerTools): Promise<Consumer> {
  await ensureStreams(connection);
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

async function take(
  connection: NatsConnection,
  tools: ConsumerTools,
  message: JsMsg,
  handle: (events: readonly Event[]) => Promise<void>,
): Promise<void> {
  const batch = decode(message.data);
  if (batch === undefined) return await bury(connection, tools, message, "unreadable");
  const from = { system: "nats", destination: message.subject, group: tools.name };
  const done = traceProcess(tools.tracer, from, batch.events);
  try {
    await handle(batch.events);
    done();
    message.ack();
  } catch (error) {
    done(error);
    tools.report(`consumer ${tools.name}`, error);
    if (message.info.deliveryCount >= MAX_DELIVERIES) return await bury(connection, tools, message, "undeliverable");
    message.nak(Math.min(100 * 2 ** message.info.deliveryCount, ACK_WAIT_MS));
  }
}

/** Sets a message aside under "fairlead.v1.dead.", so that others proceed. */
async function bury(connection: NatsConnection, tools: ConsumerTools, message: JsMsg, why: string): Promise<void> {
  tools.report(`${why} message ${message.seq} on ${message.subject}`);
  await connection.jetstream().publish(deadSubject(message.subject), message.data, { msgID: `dead/${message.seq}` });
  message.term(why);
}
