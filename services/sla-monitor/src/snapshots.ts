import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type MetricsSnapshot, MetricsSnapshotSchema, type MetricsSummary } from "@fairlead/contracts/sla/v1/summary";
import type { RecordStore } from "@fairlead/state/record-store";
import { refused } from "./summary-book.ts";

const KIND = "sla-summary-snapshot";
const KEEP_MS = 3_650 * 86_400_000;
/** Snapshots that are kept. */
export const MOST_SNAPSHOTS = 100;
/** Names that are tried for a snapshot without one. */
const MOST_TRIES = 100;

/** Summaries as they were, by name; the oldest makes room. All methods reject with StateError. */
export class Snapshots {
  readonly #records: RecordStore;

  constructor(records: RecordStore) {
    this.#records = records;
  }

  /**
   * Keeps a summary.
   *
   * @param name empty: made from the time
   * @throws FairleadError CONFLICT where there is one of that name
   */
  async take(name: string, summary: MetricsSummary, now: number): Promise<MetricsSnapshot> {
    const wanted = name === "" ? nameOf(now) : name;
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      const tried = tries === 1 ? wanted : `${wanted}-${tries}`;
      const snapshot = create(MetricsSnapshotSchema, { name: tried, takenAt: timestampFromMs(now), summary });
      if (await this.#put(snapshot, now)) {
        await this.#makeRoom(now);
        return snapshot;
      }
      if (name !== "") break;
    }
    throw refused(ErrorCode.CONFLICT, "name", "is the name of another snapshot");
  }

  /** All of them, newest first. */
  async list(): Promise<MetricsSnapshot[]> {
    const kept = (await this.#records.load(KIND)).flatMap(({ value }) => (value.length === 0 ? [] : [fromBinary(MetricsSnapshotSchema, value)]));
    return kept.toSorted((left, right) => takenAt(right) - takenAt(left) || (left.name < right.name ? 1 : -1)).slice(0, MOST_SNAPSHOTS);
  }

  /** @throws FairleadError NOT_FOUND */
  async find(name: string): Promise<MetricsSnapshot> {
    const found = await this.#find(name);
    if (found === undefined || found.value.length === 0) throw refused(ErrorCode.NOT_FOUND, "name", "is not the name of a snapshot");
    return fromBinary(MetricsSnapshotSchema, found.value);
  }

  async #put(snapshot: MetricsSnapshot, now: number): Promise<boolean> {
    const known = await this.#find(snapshot.name);
    if (known !== undefined && known.value.length > 0) return false;
    const record = { key: snapshot.name, revision: (known?.revision ?? 0) + 1, value: toBinary(MetricsSnapshotSchema, snapshot) };
    return this.#records.put(KIND, record, now + KEEP_MS, now);
  }

  /** A record without a value is none, and is forgotten when the next is kept. */
  async #makeRoom(now: number): Promise<void> {
    const records = (await this.#records.load(KIND)).filter(({ value }) => value.length > 0);
    const kept = records.map(({ key, revision, value }) => ({ key, revision, at: takenAt(fromBinary(MetricsSnapshotSchema, value)) }));
    const over = kept.toSorted((left, right) => right.at - left.at || (left.key < right.key ? 1 : -1)).slice(MOST_SNAPSHOTS);
    for (const { key, revision } of over) await this.#records.put(KIND, { key, revision: revision + 1, value: new Uint8Array() }, now, now);
  }

  async #find(name: string) {
    const [found] = await this.#records.load(KIND, { from: name, before: `${name}\u0000` });
    return found;
  }
}

function nameOf(now: number): string {
  return new Date(now).toISOString().replaceAll(":", "-");
}

function takenAt({ takenAt: at }: MetricsSnapshot): number {
  return at === undefined ? 0 : timestampMs(at);
}
