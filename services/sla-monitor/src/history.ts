import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type CauseCell, type HistoryBucket, HistoryBucketSchema } from "@fairlead/contracts/sla/v1/history";
import { addCell, mergeHistory } from "@fairlead/decision/sla/merge-history";
import { MESH } from "@fairlead/decision/sla/scope";
import type { RecordStore } from "@fairlead/state/record-store";
import type { MinuteCounts } from "./minute-counts.ts";
import type { Subject } from "./subject.ts";
import type { Subjects } from "./subjects.ts";

/** What the history is kept with. */
export interface HistoryPorts {
  readonly subjects: Subjects;
  readonly records: RecordStore;
  /** Days for which hours are kept. */
  readonly keepDays: number;
  /** Told of each subject's minute when it is over. */
  readonly minuteOver: (subject: Subject, minute: MinuteCounts) => void;
  readonly problem: (error: unknown, what: string) => void;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
/** Minutes are kept for as long as the longest window of burn rates. */
export const KEPT_MINUTES_MS = 6 * HOUR;
/** How often the minute under way is kept. */
const FLUSH_MS = 5_000;
/** Minutes that wait while the store cannot be reached. */
const MOST_WAITING = 60;

/**
 * What happened by the minute for six hours, and by the hour for months. Each replica sees all events and keeps its own
 * count of a minute; of two the fuller one stays, so nothing is counted twice. A replica that starts goes on from the
 * minute that is kept.
 */
export class History {
  readonly #ports: HistoryPorts;
  #start: number;
  #cells = new Map<string, CauseCell>();
  /** What was kept of the minute before this process began to count. */
  #adopted: HistoryBucket | undefined;
  #flushedAt = 0;
  #flushed = 0n;
  readonly #waiting: HistoryBucket[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(ports: HistoryPorts, now: number) {
    this.#ports = ports;
    this.#start = startOf(now, MINUTE);
  }

  /** Counts a call by everything that may explain a breach. */
  addCell(cell: CauseCell): void {
    addCell(this.#cells, cell);
  }

  /** Takes up what is kept: the minute under way, and the counts behind burn rates. Rolls up hours that were missed. */
  async restore(now: number): Promise<void> {
    for (const bucket of await this.#loadKept(MINUTE, now - KEPT_MINUTES_MS, now + MINUTE)) {
      if (Number(bucket.startUnixMs) === this.#start) this.#adopted = bucket;
      for (const { scope, metric, good, bad } of bucket.levels) {
        this.#ports.subjects.get(scope ?? MESH)?.level(metric)?.refill({ good, bad }, Number(bucket.startUnixMs));
      }
    }
    for (let hour = startOf(now - KEPT_MINUTES_MS, HOUR) + HOUR; hour < startOf(now, HOUR); hour += HOUR) await this.#rollUp(hour, now);
  }

  /** Ends minutes that are over, and keeps the one under way now and then. */
  tick(now: number): void {
    if (startOf(now, MINUTE) > this.#start) this.#closeMinute(now);
    else if (now - this.#flushedAt >= FLUSH_MS || now < this.#flushedAt) this.#flush(now);
  }

  /** The minute under way. */
  open(): HistoryBucket {
    const levels = [...this.#ports.subjects.all()].flatMap((subject) => subject.openMinute());
    return this.#bucket(levels);
  }

  /** The buckets of a length that begin in a period, oldest first; the minute under way included. */
  async load(lengthMs: typeof MINUTE | typeof HOUR, start: number, end: number): Promise<HistoryBucket[]> {
    const buckets = await this.#loadKept(lengthMs, start, end);
    if (lengthMs !== MINUTE) return buckets;
    const own = [...this.#waiting, this.open()].filter(({ startUnixMs }) => Number(startUnixMs) >= startOf(start, MINUTE) && Number(startUnixMs) < end);
    const replaced = new Set(own.map(({ startUnixMs }) => startUnixMs));
    return [...buckets.filter(({ startUnixMs }) => !replaced.has(startUnixMs)), ...own];
  }

  /** Keeps everything. */
  async close(now: number): Promise<void> {
    this.#flush(now);
    await this.#writing;
  }

  async #loadKept(lengthMs: number, start: number, end: number): Promise<HistoryBucket[]> {
    const kept = await this.#ports.records.load(kindOf(lengthMs), { from: keyOf(startOf(start, lengthMs)), before: keyOf(end) });
    return kept.map(({ value }) => fromBinary(HistoryBucketSchema, value));
  }

  #closeMinute(now: number): void {
    const next = startOf(now, MINUTE);
    const levels = [];
    for (const subject of this.#ports.subjects.all()) {
      const { counts, rows } = subject.closeMinute(next);
      levels.push(...rows);
      this.#ports.minuteOver(subject, counts);
    }
    const closed = this.#bucket(levels);
    const hour = startOf(this.#start, HOUR);
    this.#start = next;
    this.#cells = new Map();
    this.#adopted = undefined;
    this.#flushed = 0n;
    if (closed.observations > 0n) this.#keep(closed, true, now);
    if (startOf(now, HOUR) > hour) this.#enqueue(() => this.#rollUp(hour, now));
  }

  #flush(now: number): void {
    this.#flushedAt = now;
    const bucket = this.open();
    if (bucket.observations === this.#flushed) return;
    this.#flushed = bucket.observations;
    this.#keep(bucket, false, now);
  }

  #bucket(levels: HistoryBucket["levels"]): HistoryBucket {
    const cells = [...this.#cells.values()];
    const observations = cells.reduce((sum, { calls }) => sum + calls, 0n) + BigInt(levels.length);
    const own = create(HistoryBucketSchema, { startUnixMs: BigInt(this.#start), lengthMs: BigInt(MINUTE), observations, levels, cells });
    return this.#adopted === undefined ? own : mergeHistory([this.#adopted, own], this.#start, MINUTE);
  }

  /** Keeps a minute; while the store cannot be reached, minutes that are over wait, the oldest making room. */
  #keep(bucket: HistoryBucket, closed: boolean, now: number): void {
    if (closed) {
      this.#waiting.push(bucket);
      if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    }
    this.#enqueue(async () => {
      for (const one of closed ? [...this.#waiting] : [bucket]) {
        await this.#put(MINUTE, one, closed, Number(one.startUnixMs) + KEPT_MINUTES_MS + HOUR, now);
        const index = this.#waiting.indexOf(one);
        if (index >= 0) this.#waiting.splice(index, 1);
      }
    });
  }

  async #rollUp(hour: number, now: number): Promise<void> {
    const { records, keepDays } = this.#ports;
    const known = await records.load(kindOf(HOUR), { from: keyOf(hour), before: keyOf(hour + 1) });
    if (known.length > 0) return;
    const minutes = await this.load(MINUTE, hour, hour + HOUR);
    if (minutes.length > 0) await this.#put(HOUR, mergeHistory(minutes, hour, HOUR), true, hour + keepDays * DAY, now);
  }

  async #put(lengthMs: number, bucket: HistoryBucket, closed: boolean, keepUntil: number, now: number): Promise<void> {
    const revision = Number(bucket.observations) * 2 + (closed ? 1 : 0);
    const value = toBinary(HistoryBucketSchema, bucket);
    await this.#ports.records.put(kindOf(lengthMs), { key: keyOf(Number(bucket.startUnixMs)), revision, value }, keepUntil, now);
  }

  #enqueue(work: () => Promise<void>): void {
    this.#writing = this.#writing.then(work).catch((error: unknown) => this.#ports.problem(error, "history could not be kept"));
  }
}

function startOf(at: number, lengthMs: number): number {
  return Math.floor(at / lengthMs) * lengthMs;
}

function kindOf(lengthMs: number): string {
  return lengthMs === MINUTE ? "sla-minute" : "sla-hour";
}

/** Texts that sort like the times they stand for. */
function keyOf(at: number): string {
  return String(Math.max(0, Math.trunc(at))).padStart(15, "0");
}
