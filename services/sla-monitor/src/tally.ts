import { create } from "@bufbuild/protobuf";
import type { AttemptFinished } from "@fairlead/contracts/events/v1/event";
import { type TallyMinute, TallyMinuteSchema, type TallySlice, TallySliceSchema, TallyTotalSchema, type TargetTally } from "@fairlead/contracts/sla/v1/tally";
import { countAttempt } from "@fairlead/decision/sla/count-attempt";
import { addTallies, joinSlices, type Tallies, tallyFor } from "@fairlead/decision/sla/merge-tallies";
import type { Counted } from "@fairlead/decision/sla/summary-resets";
import { sumTargets, type TallyRecords } from "./tally-records.ts";

/** What the tally is kept with. */
export interface TallyPorts {
  readonly records: TallyRecords;
  readonly problem: (error: unknown, what: string) => void;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Attempts are counted by slices, of which the fuller copy stays: what a replica missed, another one heard. */
const SLICE_MS = 5_000;
/** How often what is new is kept. */
const KEEP_EVERY_MS = 5_000;
/** How far the clocks of processes may be apart; an attempt further off counts when it is heard. */
const SKEW_MS = MINUTE;
/** After this nothing is added to a minute any more. */
const SETTLE_MS = 2 * MINUTE;
/** Minutes are told by themselves for as long. */
const TOLD_BY_MINUTE_MS = 6 * HOUR;
/** Slices that wait while the store cannot be reached: an hour of them. */
const MOST_SLICES = HOUR / SLICE_MS;

/**
 * Counts every attempt by target and by the time at which it ended, which is the same at every replica. What replicas count
 * is joined in minutes that they share; minutes that are over are added up to hours and to a total, once.
 */
export class Tally {
  readonly #ports: TallyPorts;
  readonly #startedAt: number;
  /** By start. */
  readonly #slices = new Map<number, Tallies>();
  /** Minutes with something that is not kept. */
  readonly #changed = new Set<number>();
  /** Minutes before are in the total. */
  #through = 0;
  #restored = false;
  #settledAt = 0;
  #keptAt = 0;
  #work: Promise<void> | undefined;

  constructor(ports: TallyPorts, now: number) {
    this.#ports = ports;
    this.#startedAt = now;
  }

  /** @param occurredAt Unix milliseconds at which it ended */
  count(attempt: AttemptFinished, occurredAt: number, now: number): void {
    const at = Math.abs(occurredAt - now) <= SKEW_MS ? occurredAt : now;
    const start = startOf(at, SLICE_MS);
    let slice = this.#slices.get(start);
    if (slice === undefined) {
      this.#slices.set(start, (slice = new Map()));
      if (this.#slices.size > MOST_SLICES) this.#slices.delete(Math.min(...this.#slices.keys()));
    }
    countAttempt(tallyFor(slice, attempt.provider, attempt.model), attempt);
    this.#changed.add(startOf(at, MINUTE));
  }

  /** Takes up what is kept. Rejects with StateError; what is counted then waits for `tick` to do so. */
  async restore(now: number): Promise<void> {
    const { records } = this.#ports;
    const begun = create(TallyTotalSchema, { sinceUnixMs: BigInt(Math.trunc(this.#startedAt)), throughUnixMs: BigInt(edgeAt(now)) });
    if ((await records.total()) === undefined) await records.putTotal({ revision: 0, value: begun }, now);
    // First of all: keeping a minute lets those go that are long over.
    await this.#settle(now);
    for (const { value } of await records.minutes(this.#through)) this.#adopt(value);
    this.#restored = true;
  }

  /** Keeps what is new, now and then, and adds minutes up that are over. */
  tick(now: number): void {
    const isDue = now - this.#keptAt >= KEEP_EVERY_MS || now < this.#keptAt;
    if (!isDue || this.#work !== undefined || (this.#changed.size === 0 && edgeAt(now) <= this.#settledAt)) return;
    this.#keptAt = now;
    this.#work = this.#keep(now).finally(() => (this.#work = undefined));
  }

  /** Everything that was counted so far. Rejects with StateError. */
  async counted(): Promise<Counted> {
    const { total, minutes } = await this.#known();
    const sums: Tallies = new Map();
    addTallies(sums, total.targets);
    for (const { slices } of minutes) for (const { targets } of slices) addTallies(sums, targets);
    return { since: Number(total.sinceUnixMs), targets: [...sums.values()] };
  }

  /** What ended in a period: by the minute for six hours, by the hour before. Rejects with StateError. */
  async period(start: number, end: number, now: number): Promise<TargetTally[]> {
    const isNear = start >= now - TOLD_BY_MINUTE_MS;
    const { total } = await this.#known();
    const from = startOf(start, isNear ? MINUTE : HOUR);
    const rolledUp = isNear ? from : startOf(Number(total.throughUnixMs), HOUR);
    const hours = isNear ? [] : await this.#ports.records.hours(from, Math.min(end, rolledUp));
    const minutes = await this.#minutes(Math.max(from, rolledUp), end);
    return sumTargets([...hours, ...minutes.flatMap(({ slices }) => slices)]);
  }

  /** Keeps everything. */
  async close(now: number): Promise<void> {
    await this.#work;
    await this.#keep(now);
  }

  async #keep(now: number): Promise<void> {
    try {
      if (!this.#restored) await this.restore(now);
      for (const minute of [...this.#changed].toSorted((left, right) => left - right)) await this.#keepMinute(minute, now);
      if (edgeAt(now) > this.#settledAt) await this.#settle(now);
    } catch (error) {
      this.#ports.problem(error, "attempts that were counted could not be kept");
    }
  }

  async #keepMinute(minute: number, now: number): Promise<void> {
    this.#changed.delete(minute);
    if (minute < this.#through) return;
    try {
      if (!(await this.#ports.records.join(minute, () => this.#own(minute), now))) this.#forget((start) => startOf(start, MINUTE) === minute);
    } catch (error) {
      this.#changed.add(minute);
      throw error;
    }
  }

  /** Adds minutes that are over up to hours and to the total: one of the replicas does so, each of them may. */
  async #settle(now: number): Promise<void> {
    const { records } = this.#ports;
    const edge = edgeAt(now);
    for (;;) {
      const kept = await records.total();
      if (kept === undefined) return;
      const through = Number(kept.value.throughUnixMs);
      this.#through = through;
      if (through >= edge) break;
      const hour = startOf(through, HOUR);
      const endsHours = startOf(edge, HOUR) > hour;
      const open = await records.minutes(endsHours ? hour : through, edge);
      if (open.length === 0 && !endsHours) break;
      const minutes: TallyMinute[] = [];
      for (const minute of open) minutes.push(await records.settle(minute, now));
      for (const [start, own] of byHour(minutes)) if (start < startOf(edge, HOUR)) await records.putHour(start, own, now);
      const added = minutes.filter(({ startUnixMs }) => Number(startUnixMs) >= through).flatMap(({ slices }) => slices);
      const targets = sumTargets([create(TallySliceSchema, { targets: kept.value.targets }), ...added]);
      await records.putTotal({ revision: kept.revision, value: { ...kept.value, throughUnixMs: BigInt(edge), targets } }, now);
    }
    this.#settledAt = edge;
    this.#forget((start) => startOf(start, MINUTE) < this.#through);
  }

  /** Goes on from what another process counted of a slice: what it heard before this one began is not heard again. */
  #adopt({ startUnixMs, settled, slices }: TallyMinute): void {
    if (settled) return;
    const joined = joinSlices(slices, this.#own(Number(startUnixMs)));
    for (const slice of joined) {
      const tallies: Tallies = new Map();
      addTallies(tallies, slice.targets);
      this.#slices.set(Number(slice.startUnixMs), tallies);
    }
  }

  async #known() {
    const total = (await this.#ports.records.total())?.value ?? create(TallyTotalSchema, { sinceUnixMs: BigInt(Math.trunc(this.#startedAt)) });
    return { total, minutes: await this.#minutes(Number(total.throughUnixMs)) };
  }

  /** Minutes that begin in a period, as all replicas know them, with what this one counted since they were kept. */
  async #minutes(from: number, before = Number.POSITIVE_INFINITY): Promise<TallyMinute[]> {
    const kept = await this.#ports.records.minutes(from, before === Number.POSITIVE_INFINITY ? undefined : before);
    const found = new Map(kept.map(({ value }) => [Number(value.startUnixMs), value]));
    for (const minute of new Set([...this.#slices.keys()].map((start) => startOf(start, MINUTE)))) {
      const known = found.get(minute) ?? create(TallyMinuteSchema, { startUnixMs: BigInt(minute) });
      if (minute < from || minute >= before || known.settled) continue;
      found.set(minute, { ...known, slices: joinSlices(known.slices, this.#own(minute)) });
    }
    return [...found.values()];
  }

  #own(minute: number): TallySlice[] {
    return [...this.#slices]
      .filter(([start]) => startOf(start, MINUTE) === minute)
      .map(([start, tallies]) => create(TallySliceSchema, { startUnixMs: BigInt(start), targets: [...tallies.values()] }));
  }

  #forget(isOver: (start: number) => boolean): void {
    for (const start of this.#slices.keys()) if (isOver(start)) this.#slices.delete(start);
  }
}

function byHour(minutes: readonly TallyMinute[]): Map<number, TallyMinute[]> {
  const hours = new Map<number, TallyMinute[]>();
  for (const minute of minutes) {
    const hour = startOf(Number(minute.startUnixMs), HOUR);
    hours.set(hour, [...(hours.get(hour) ?? []), minute]);
  }
  return hours;
}

/** Minutes that begin before are over, and heard of by every replica. */
function edgeAt(now: number): number {
  return startOf(now - SETTLE_MS, MINUTE);
}

function startOf(at: number, lengthMs: number): number {
  return Math.floor(at / lengthMs) * lengthMs;
}
