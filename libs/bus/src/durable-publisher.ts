import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { JetStreamClient, NatsConnection } from "nats";
import { ensureStreams } from "./durable-streams.ts";
import { encode, headersOf } from "./nats-message.ts";
import { TurnBatcher } from "./turn-batcher.ts";

const ACK_TIMEOUT_MS = 5_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
const CLOSE_MS = 5_000;

/** Publishes durable events. */
export interface DurablePublisher {
  /** Resolves when the event is stored. */
  publish(subject: string, event: Event): Promise<void>;
  /** Waits for what is unsent, up to a bound. */
  close(): Promise<void>;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Keeps durable events until JetStream has acknowledged them. A batch keeps its message id over all tries, so that the
 * server drops a second copy within its window; consumers act once by event id beyond it.
 */
export function createDurablePublisher(
  connection: NatsConnection,
  settings: { maxPending: number; report: (problem: string, error?: unknown) => void },
): DurablePublisher {
  const jetStream = connection.jetstream({ timeout: ACK_TIMEOUT_MS });
  const waiters = new Map<Event, Waiter>();
  const unsent = new Set<Promise<void>>();
  const closing = new AbortController();

  const batcher = new TurnBatcher((subject, events) => {
    const sending = send(subject, events).finally(() => unsent.delete(sending));
    unsent.add(sending);
  });

  async function send(subject: string, events: Event[]): Promise<void> {
    const outcome = await publishUntilStored(jetStream, connection, subject, events, closing.signal, settings.report);
    for (const event of events) {
      const waiter = waiters.get(event);
      waiters.delete(event);
      if (outcome === undefined) waiter?.resolve();
      else waiter?.reject(outcome);
    }
  }

  return {
    publish(subject, event) {
      if (waiters.size >= settings.maxPending) {
        return Promise.reject(failure(ErrorCode.OVERLOADED, "Too many events wait for the event store."));
      }
      return new Promise((resolve, reject) => {
        waiters.set(event, { resolve, reject });
        batcher.add(subject, event);
      });
    },
    async close() {
      batcher.flush();
      const timer = setTimeout(() => closing.abort(), CLOSE_MS);
      await Promise.all(unsent);
      clearTimeout(timer);
    },
  };
}

async function publishUntilStored(
  jetStream: JetStreamClient,
  connection: NatsConnection,
  subject: string,
  events: Event[],
  signal: AbortSignal,
  report: (problem: string, error?: unknown) => void,
): Promise<unknown> {
  const bytes = encode(events);
  const options = { msgID: `${events[0]?.eventId}/${events.length}`, headers: headersOf(events) };
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
    try {
      await jetStream.publish(subject, bytes, options);
      return undefined;
    } catch (error) {
      if (signal.aborted || connection.isClosed()) return error;
      report(`durable publish on ${subject}`, error);
      await ensureStreams(connection).catch(() => undefined);
      await pause(wait, signal);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done, { once: true });
  });
}
