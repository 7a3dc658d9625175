import type { Tracer } from "@opentelemetry/api";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { type NatsServer, startNatsServer } from "@fairlead/testing/nats-server";
import { connect } from "nats";
import type { Bus } from "../src/bus.ts";
import { deadSubject } from "../src/durable-streams.ts";
import { createLocalBus } from "../src/local-bus.ts";
import { connectNatsBus } from "../src/nats-bus.ts";
import { decode } from "../src/nats-message.ts";
import { idsOf } from "./fact.ts";

/** What a test may ask of the bus it opens. */
export interface BusOptions {
  readonly tracer?: Tracer;
  readonly maxPending?: number;
  readonly maxDeliveries?: number;
  readonly redeliveryMs?: number;
  readonly onProblem?: (problem: string, error?: unknown) => void;
}

/** A way to carry events, as the suite sees it. */
export interface Driver {
  readonly name: "local" | "nats";
  start(): Promise<void>;
  stop(): Promise<void>;
  open(options?: BusOptions): Promise<Bus>;
  /** Names of the events under a subject that were given up. */
  deadLetters(subject: string): Promise<string[]>;
}

/** Each driver that the suite runs against. */
export const drivers: readonly Driver[] = [closing(localDriver()), closing(natsDriver())];

/** Closes what a failed test left open, which would keep the run from ending. */
function closing(driver: Driver): Driver {
  const opened: Bus[] = [];
  return {
    ...driver,
    async open(options) {
      const bus = await driver.open(options);
      opened.push(bus);
      return bus;
    },
    async stop() {
      await Promise.all(opened.splice(0).map((bus) => bus.close()));
      await driver.stop();
    },
  };
}

function localDriver(): Driver {
  const dead: { subject: string; events: readonly Event[] }[] = [];
  return {
    name: "local",
    start: async () => undefined,
    stop: async () => undefined,
    open: async (options) => createLocalBus({ ...options, onDeadLetter: (subject, events) => dead.push({ subject, events }) }),
    deadLetters: async (subject) => dead.filter((letter) => letter.subject === subject).flatMap(({ events }) => idsOf(events)),
  };
}

function natsDriver(): Driver {
  let server: NatsServer;
  return {
    name: "nats",
    start: async () => void (server = await startNatsServer()),
    stop: () => server.stop(),
    open: (options) => connectNatsBus({ ...options, servers: [server.url], name: "test" }),
    deadLetters: async (subject) => idsOf((await readStream(server.url, deadSubject(subject))).flatMap((bytes) => decode(bytes)?.events ?? [])),
  };
}

/** All messages of a durable subject, as they are stored. */
export async function readStream(url: string, subject: string): Promise<Uint8Array[]> {
  const connection = await connect({ servers: url });
  try {
    const manager = await connection.jetstreamManager();
    const stream = await manager.streams.find(subject).catch(() => undefined);
    if (stream === undefined) return [];
    const found: Uint8Array[] = [];
    const { state } = await manager.streams.info(stream);
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage(stream, { seq }).catch(() => undefined);
      if (message?.subject === subject) found.push(message.data);
    }
    return found;
  } finally {
    await connection.close();
  }
}
