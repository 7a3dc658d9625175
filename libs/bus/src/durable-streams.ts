import { DiscardPolicy, nanos, type NatsConnection, RetentionPolicy, StorageType, type StreamConfig } from "nats";

/** Stream that keeps cost events. */
export const COST_STREAM = "FAIRLEAD_COST";

/** Stream that keeps what no consumer could take. */
export const DEAD_STREAM = "FAIRLEAD_DEAD";

const DAY_MS = 24 * 60 * 60 * 1000;

const STREAMS: readonly Partial<StreamConfig>[] = [
  { name: COST_STREAM, subjects: ["fairlead.v1.cost.>"], max_age: nanos(7 * DAY_MS), max_bytes: 4 * 1024 ** 3 },
  { name: DEAD_STREAM, subjects: ["fairlead.v1.dead.>"], max_age: nanos(30 * DAY_MS), max_bytes: 256 * 1024 ** 2 },
].map((stream) => ({
  ...stream,
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  // A full stream refuses new events, which the publisher keeps and counts, instead of losing old ones.
  discard: DiscardPolicy.New,
  duplicate_window: nanos(2 * 60 * 1000),
}));

/** Where an event goes that no consumer could take. */
export function deadSubject(subject: string): string {
  return subject.replace("fairlead.v1.", "fairlead.v1.dead.");
}

/** Creates the streams that keep durable events, or brings them up to date. Idempotent. */
export async function ensureStreams(connection: NatsConnection): Promise<void> {
  const manager = await connection.jetstreamManager({ timeout: 5_000 });
  for (const stream of STREAMS) {
    try {
      await manager.streams.update(stream.name ?? "", stream);
    } catch {
      await manager.streams.add(stream);
    }
  }
}
