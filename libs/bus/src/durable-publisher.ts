import { randomUUID } from "node:crypto";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { failure } from "@fairlead/rpc/fairlead-error";
import { headers, type JetStreamClient, type NatsConnection } from "nats";
import { ensureStreams, type StreamSettings } from "./durable-streams.ts";
import type { NatsLink } from "./nats-link.ts";
import { headersOf, pack, type Packed, roomOf } from "./nats-message.ts";
import { pause } from "@fairlead/rpc/pause";
import { PAUSE_MS, TurnBatcher } from "./turn-batcher.ts";

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

/** What a publisher needs beside its connection. */
interface PublisherTools {
  readonly link: NatsLink;
  readonly streams: StreamSettings;
  /** Events kept until they are stored, at most. */
  readonly maxPending: number;
  readonly report: (problem: string, error?: unknown) => void;
}

interface Unsent {
  readonly event: Event;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Keeps durable events until JetStream has acknowledged them. A message keeps its id over all tries, so that the server
 * drops a second copy within its window; consumers act once by event id beyond it.
 */
export function createDurablePublisher(connection: NatsConnection, tools: PublisherTools): DurablePublisher {
  const sender = createSender(connection, tools);
  const sendings = new Set<Promise<void>>();
  let pending = 0;

  const batcher = new TurnBatcher<Unsent>((subject, unsent) => {
    let sent = 0;
    for (const packed of pack(unsent.map(({ event }) => event), roomOf(connection))) {
      const part = unsent.slice(sent, (sent += packed.events.length));
      const sending = settle(subject, packed, part).finally(() => sendings.delete(sending));
      sendings.add(sending);
    }
  }, PAUSE_MS);

  async function settle(subject: string, packed: Packed, part: readonly Unsent[]): Promise<void> {
    const problem = await sender.send(subject, packed);
    pending -= part.length;
    for (const { resolve, reject } of part) {
      if (problem === undefined) resolve();
      else reject(problem);
    }
  }

  return {
    publish(subject, event) {
      if (pending >= tools.maxPending) {
        return Promise.reject(failure(ErrorCode.OVERLOADED, "Too many events wait for the event store."));
      }
      pending += 1;
      return new Promise((resolve, reject) => batcher.add(subject, { event, resolve, reject }));
    },
    async close() {
      batcher.flush();
      const timer = setTimeout(() => sender.giveUp(), CLOSE_MS);
      await Promise.all(sendings);
      clearTimeout(timer);
      sender.giveUp();
    },
  };
}

/** Sends messages until they are stored; resolves with what went wrong where that is given up. */
function createSender(connection: NatsConnection, { link, streams, report }: PublisherTools) {
  const jetStream = connection.jetstream({ timeout: ACK_TIMEOUT_MS });
  const closing = new AbortController();
  let repair: Promise<void> | undefined;
  let ready: Promise<void> | undefined;

  /** Many messages may fail at once; the streams are looked after once for all. */
  function repairStreams(): Promise<void> {
    repair ??= ensureStreams(connection, streams)
      .catch((error: unknown) => report("event store", error))
      .finally(() => (repair = undefined));
    return repair;
  }

  async function send(subject: string, packed: Packed): Promise<unknown> {
    if (packed.bytes.length > roomOf(connection)) {
      return failure(ErrorCode.INTERNAL, "An event is larger than the event store takes.");
    }
    const id = randomUUID();
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      await link.whenConnected();
      try {
        if (link.connected()) {
          await (ready ??= repairStreams());
          return await publishOnce(jetStream, subject, packed, id);
        }
      } catch (error) {
        if (wait === FIRST_RETRY_MS) report(`durable publish on ${subject}`, error);
      }
      if (closing.signal.aborted || connection.isClosed()) {
        return failure(ErrorCode.UNAVAILABLE, "The event store cannot be reached.");
      }
      if (link.connected()) await repairStreams();
      await pause(wait, closing.signal, true);
    }
  }

  return {
    send,
    giveUp() {
      closing.abort();
      link.giveUp();
    },
  };
}

async function publishOnce(
  jetStream: JetStreamClient,
  subject: string,
  { events, bytes }: Packed,
  id: string,
): Promise<undefined> {
  // The client adds the id to the headers that it is given.
  await jetStream.publish(subject, bytes, { msgID: id, headers: headersOf(events) ?? headers() });
}
