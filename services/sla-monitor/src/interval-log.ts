import { type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type { RecordStore } from "@fairlead/state/record-store";

/** Where and how long intervals are kept. */
export interface IntervalLogSettings<D extends DescMessage> {
  readonly records: RecordStore;
  /** A word that names the kind. */
  readonly kind: string;
  readonly schema: D;
  readonly keepMs: number;
  /** Says whether this replica keeps what it sees; each replica sees the same, and one copy is enough. */
  readonly keeps: () => boolean;
  readonly problem: (error: unknown, what: string) => void;
}

interface Open<T> {
  readonly start: number;
  value: T;
}

/** Intervals kept in memory while the store cannot be reached. */
const MOST_RECENT = 500;

/** Times in which something was the case, with a start and an end; those under way survive a new start. */
export class IntervalLog<D extends DescMessage> {
  readonly #settings: IntervalLogSettings<D>;
  readonly #open = new Map<string, Open<MessageShape<D>>>();
  #recent: { readonly key: string; readonly value: MessageShape<D> }[] = [];

  constructor(settings: IntervalLogSettings<D>) {
    this.#settings = settings;
  }

  /**
   * Takes up intervals under way from what is kept, and keeps those that only this replica knows: for when it begins to
   * look after them. Rejects with StateError.
   */
  async takeUp(nameOf: (value: MessageShape<D>) => string, now: number): Promise<void> {
    const known = new Set<string>();
    for (const { key, revision, value } of await this.#settings.records.load(this.#settings.kind)) {
      if (revision !== 1) continue;
      const interval = fromBinary(this.#settings.schema, value);
      const name = nameOf(interval);
      known.add(name);
      this.#open.set(name, { start: Number(key.slice(0, 15)), value: this.#open.get(name)?.value ?? interval });
    }
    for (const [name, { start, value }] of this.#open) if (!known.has(name)) this.#keep(keyOf(start, name), 1, value, now);
  }

  /** The interval of a name that is under way. */
  under(name: string): MessageShape<D> | undefined {
    return this.#open.get(name)?.value;
  }

  names(): string[] {
    return [...this.#open.keys()];
  }

  begin(name: string, value: MessageShape<D>, now: number): void {
    this.#open.set(name, { start: now, value });
    this.#keep(keyOf(now, name), 1, value, now);
  }

  /** Changes what is known of an interval under way; kept when it ends. */
  change(name: string, value: MessageShape<D>): void {
    const open = this.#open.get(name);
    if (open !== undefined) open.value = value;
  }

  end(name: string, value: MessageShape<D>, now: number): void {
    const open = this.#open.get(name);
    if (open === undefined) return;
    this.#open.delete(name);
    const key = keyOf(open.start, name);
    this.#recent = [...this.#recent.slice(-MOST_RECENT + 1), { key, value }];
    this.#keep(key, 2, value, now);
  }

  /** All intervals, oldest first: those that are kept, with what this replica knows better. */
  async list(): Promise<MessageShape<D>[]> {
    const found = new Map<string, MessageShape<D>>();
    const kept = await this.#settings.records.load(this.#settings.kind).catch((error: unknown) => {
      this.#settings.problem(error, "kept intervals could not be read");
      return [];
    });
    for (const { key, value } of kept) found.set(key, fromBinary(this.#settings.schema, value));
    if (this.#settings.keeps()) {
      for (const { key, value } of this.#recent) found.set(key, value);
      for (const [name, { start, value }] of this.#open) found.set(keyOf(start, name), value);
    }
    return [...found].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, value]) => value);
  }

  #keep(key: string, revision: number, value: MessageShape<D>, now: number): void {
    const { records, kind, schema, keepMs, keeps, problem } = this.#settings;
    if (!keeps()) return;
    const record = { key, revision, value: toBinary(schema, value) };
    records.put(kind, record, now + keepMs, now).catch((error: unknown) => problem(error, "an interval could not be kept"));
  }
}

function keyOf(start: number, name: string): string {
  return `${String(Math.trunc(start)).padStart(15, "0")} ${name}`;
}
