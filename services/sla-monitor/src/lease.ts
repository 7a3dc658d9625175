import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AlertLeaseSchema } from "@fairlead/contracts/sla/v1/history";
import type { RecordStore } from "@fairlead/state/record-store";

/** What a lease is held with. */
export interface LeaseSettings {
  readonly records: RecordStore;
  /** Unique for this run of this process. */
  readonly instance: string;
  /** Milliseconds that it lasts without being renewed. */
  readonly leaseMs: number;
}

const KIND = "sla-lease";
const KEY = "alerts";
const KEEP_MS = 86_400_000;

/**
 * Says which of several replicas looks after the alerts. It is a record with a revision: who finds it free, or over, writes
 * the next revision, and of several who do so one succeeds. While the store cannot be reached nobody else can take it, so
 * who held it last goes on.
 */
export class Lease {
  readonly #settings: LeaseSettings;
  #held = false;
  #renewAt = 0;
  #revision = 0;

  constructor(settings: LeaseSettings) {
    this.#settings = settings;
  }

  /** True while this process looks after the alerts. */
  held(): boolean {
    return this.#held;
  }

  /** Takes or renews it where that is due; resolves to true when it was taken just now. Rejects with StateError. */
  async keep(now: number): Promise<boolean> {
    if (now < this.#renewAt) return false;
    const { leaseMs, instance } = this.#settings;
    const [known] = await this.#settings.records.load(KIND);
    const lease = known === undefined ? undefined : fromBinary(AlertLeaseSchema, known.value);
    const mine = lease?.holder === instance;
    const free = lease === undefined || mine || Number(lease.untilUnixMs) <= now;
    const held = free && (await this.#write(now + leaseMs, (known?.revision ?? 0) + 1, now));
    const taken = held && !this.#held;
    this.#held = held;
    this.#renewAt = now + leaseMs / (held ? 3 : 6);
    return taken;
  }

  /** Gives it up, so that another need not wait for its end. */
  async release(now: number): Promise<void> {
    if (!this.#held) return;
    this.#held = false;
    await this.#write(now, this.#revision + 1, now);
  }

  async #write(until: number, revision: number, now: number): Promise<boolean> {
    const value = toBinary(AlertLeaseSchema, create(AlertLeaseSchema, { holder: this.#settings.instance, untilUnixMs: BigInt(Math.trunc(until)) }));
    const written = await this.#settings.records.put(KIND, { key: KEY, revision, value }, until + KEEP_MS, now);
    if (written) this.#revision = revision;
    return written;
  }
}
