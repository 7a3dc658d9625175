import { DiscardPolicy, nanos, type NatsConnection, RetentionPolicy, StorageType, type StreamConfig } from "nats";

/** Stream that keeps cost events. */
export const COST_STREAM = "FAIRLEAD_COST";

/** Stream that keeps what no consumer could take. */
export const DEAD_STREAM = "FAIRLEAD_DEAD";

/** How durable events are kept. */
export interface StreamSettings {
  /** Servers that keep each event; more than one needs a cluster of as many. Default 1. */
  readonly replicas?: number;
  /** Bytes of cost events at most, over all servers that keep them alike; the server must have the room. Default 4 GiB. */
  readonly maxBytes?: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const GIB = 1024 ** 3;
/** What no consumer could take is little. */
const DEAD_SHARE = 1 / 16;

function streamsOf({ replicas = 1, maxBytes = 4 * GIB }: StreamSettings): (Partial<StreamConfig> & { name: string })[] {
  const shared: Partial<StreamConfig> = {
    num_replicas: replicas,
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    // A full stream refuses new events, which the publisher keeps and counts, instead of losing old ones.
    discard: DiscardPolicy.New,
    duplicate_window: nanos(2 * 60 * 1000),
  };
  return [
    { ...shared, name: COST_STREAM, subjects: ["fairlead.v1.cost.>"], max_age: nanos(7 * DAY_MS), max_bytes: maxBytes },
    { ...shared, name: DEAD_STREAM, subjects: ["fairlead.v1.dead.>"], max_age: nanos(30 * DAY_MS), max_bytes: Math.floor(maxBytes * DEAD_SHARE) },
  ];
}

/** Where an event goes that no consumer could take. */
export function deadSubject(subject: string): string {
  return subject.replace("fairlead.v1.", "fairlead.v1.dead.");
}

/** Creates the streams that keep durable events, or brings them up to date. Idempotent. */
export async function ensureStreams(connection: NatsConnection, settings: StreamSettings): Promise<void> {
  const manager = await connection.jetstreamManager({ timeout: 5_000 });
  for (const stream of streamsOf(settings)) {
    try {
      await manager.streams.update(stream.name, stream);
    } catch {
      await manager.streams.add(stream);
    }
  }
}
