import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type TallyMinute, TallyMinuteSchema, type TallySlice, TallySliceSchema, type TallyTotal, TallyTotalSchema, type TargetTally } from "@fairlead/contracts/sla/v1/tally";
import { addTallies, attemptsIn, joinSlices, type Tallies } from "@fairlead/decision/sla/merge-tallies";
import type { RecordRange, RecordStore } from "@fairlead/state/record-store";

/** A message with the revision it is kept under; 0: it is not kept. */
export interface Kept<T> {
  readonly revision: number;
  readonly value: T;
}

const MINUTES = "sla-tally-minute";
const HOURS = "sla-tally-hour";
const TOTAL = "sla-tally-total";
const ONLY_KEY = "total";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Minutes are told by themselves for six hours; one more until the hour they are in is over. */
const KEEP_MINUTES_MS = 7 * HOUR;
const KEEP_TOTAL_MS = 3_650 * DAY;
/** How often a change is tried when another replica changed the record in between. */
const MOST_TRIES = 8;

/** Counts as they are kept: by the minute, by the hour and in total, shared by all replicas. All methods reject with StateError. */
export class TallyRecords {
  readonly #records: RecordStore;
  readonly #keepHoursMs: number;

  /** @param keepDays days for which hours are kept */
  constructor(records: RecordStore, keepDays: number) {
    this.#records = records;
    this.#keepHoursMs = keepDays * DAY;
  }

  async total(): Promise<Kept<TallyTotal> | undefined> {
    const [found] = await this.#records.load(TOTAL, only(ONLY_KEY));
    return found === undefined ? undefined : { revision: found.revision, value: fromBinary(TallyTotalSchema, found.value) };
  }

  /** Keeps a total under the next revision; false where another did. */
  putTotal({ revision, value }: Kept<TallyTotal>, now: number): Promise<boolean> {
    const record = { key: ONLY_KEY, revision: revision + 1, value: toBinary(TallyTotalSchema, value) };
    return this.#records.put(TOTAL, record, now + KEEP_TOTAL_MS, now);
  }

  /** Minutes that begin in a period, oldest first. */
  minutes(start: number, end?: number): Promise<Kept<TallyMinute>[]> {
    return this.#minutes({ from: keyOf(start), before: end === undefined ? undefined : keyOf(end) });
  }

  /** Brings what is kept of a minute up to what this replica counted; false where nothing is added to it any more. */
  async join(start: number, own: () => readonly TallySlice[], now: number): Promise<boolean> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const kept = (await this.#minutes(only(keyOf(start))))[0] ?? { revision: 0, value: create(TallyMinuteSchema, { startUnixMs: BigInt(start) }) };
      if (kept.value.settled) return false;
      const slices = joinSlices(kept.value.slices, own());
      if (attemptsIn(slices) === attemptsIn(kept.value.slices)) return true;
      if (await this.#putMinute({ ...kept, value: { ...kept.value, slices } }, now)) return true;
    }
    throw new Error("a minute changes too fast to be kept");
  }

  /** Makes a minute one slice that nothing is added to any more. */
  async settle(minute: Kept<TallyMinute>, now: number): Promise<TallyMinute> {
    let kept: Kept<TallyMinute> | undefined = minute;
    for (let tries = 0; kept !== undefined && tries < MOST_TRIES; tries += 1) {
      if (kept.value.settled) return kept.value;
      const { startUnixMs, slices } = kept.value;
      const value = create(TallyMinuteSchema, { startUnixMs, settled: true, slices: [sumSlices(Number(startUnixMs), slices)] });
      if (await this.#putMinute({ ...kept, value }, now)) return value;
      [kept] = await this.#minutes(only(keyOf(Number(startUnixMs))));
    }
    throw new Error("a minute changes too fast to be settled");
  }

  async hours(start: number, end: number): Promise<TallySlice[]> {
    const found = await this.#records.load(HOURS, { from: keyOf(start), before: keyOf(end) });
    return found.map(({ value }) => fromBinary(TallySliceSchema, value));
  }

  /** Keeps an hour that is over; the first to do so wins, since all keep the same. */
  async putHour(start: number, minutes: readonly TallyMinute[], now: number): Promise<void> {
    const hour = sumSlices(start, minutes.flatMap(({ slices }) => slices));
    await this.#records.put(HOURS, { key: keyOf(start), revision: 1, value: toBinary(TallySliceSchema, hour) }, start + this.#keepHoursMs, now);
  }

  async #minutes(range: RecordRange): Promise<Kept<TallyMinute>[]> {
    return (await this.#records.load(MINUTES, range)).map(({ revision, value }) => ({ revision, value: fromBinary(TallyMinuteSchema, value) }));
  }

  #putMinute({ revision, value }: Kept<TallyMinute>, now: number): Promise<boolean> {
    const start = Number(value.startUnixMs);
    const record = { key: keyOf(start), revision: revision + 1, value: toBinary(TallyMinuteSchema, value) };
    return this.#records.put(MINUTES, record, start + KEEP_MINUTES_MS, now);
  }
}

/** The counts of all slices. */
export function sumTargets(slices: readonly TallySlice[]): TargetTally[] {
  const sums: Tallies = new Map();
  for (const { targets } of slices) addTallies(sums, targets);
  return [...sums.values()];
}

function sumSlices(start: number, slices: readonly TallySlice[]): TallySlice {
  return create(TallySliceSchema, { startUnixMs: BigInt(start), targets: sumTargets(slices) });
}

function only(key: string): RecordRange {
  return { from: key, before: `${key}\u0000` };
}

/** Texts that sort like the times they stand for. */
function keyOf(at: number): string {
  return String(Math.max(0, Math.trunc(at))).padStart(15, "0");
}
