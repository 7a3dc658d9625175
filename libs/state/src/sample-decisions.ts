import { createHash } from "node:crypto";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type OutcomeObserved, OutcomeObservedSchema } from "@fairlead/contracts/events/v1/event";
import type { RecordedOutcome } from "@fairlead/decision/replay/recorded-outcome";
import {
  type DecisionQuery,
  type DecisionSample,
  MAX_DECISION_BYTES,
  MAX_DECISION_SAMPLE,
  MAX_DECISIONS_PER_HOUR,
} from "./decision-log.ts";

/** A record as it is kept: the time in eight bytes, the length of the first target in two, the target as JSON, the message. */
export interface KeptDecision {
  readonly hour: number;
  /** 48 bits of the digest of the request's name. */
  readonly digest: number;
  readonly bytes: Uint8Array;
}

const HOUR_MS = 3_600_000;
const HEAD_BYTES = 10;
/** One more than the highest digest. */
export const DIGESTS = 2 ** 48;

/** Hours whose lowest digests are remembered: records come a little late, never by hours. */
const GATED_HOURS = 3;

/** Knows which records of an hour can still be among the lowest, so that most of a busy hour are never written at all. */
export class DigestGate {
  readonly #hours = new Map<number, number[]>();
  readonly #bounds = new Map<number, number>();

  /** True where a record may be one of those kept; it is counted among them. */
  admit(hour: number, digest: number): boolean {
    if (digest > (this.#bounds.get(hour) ?? Number.POSITIVE_INFINITY)) return false;
    const digests = this.#hours.get(hour) ?? this.#begin(hour);
    digests.push(digest);
    if (digests.length >= 2 * MAX_DECISIONS_PER_HOUR) this.#cut(hour, digests);
    return true;
  }

  /** A record that is told again counts once. */
  #cut(hour: number, digests: readonly number[]): void {
    const lowest = [...new Set(digests)].sort((a, b) => a - b).slice(0, MAX_DECISIONS_PER_HOUR);
    this.#hours.set(hour, lowest);
    const highest = lowest.at(-1);
    if (highest !== undefined && lowest.length === MAX_DECISIONS_PER_HOUR) this.#bounds.set(hour, highest);
  }

  #begin(hour: number): number[] {
    const digests: number[] = [];
    this.#hours.set(hour, digests);
    for (const old of this.#hours.keys()) {
      if (old > hour - GATED_HOURS * HOUR_MS) continue;
      this.#hours.delete(old);
      this.#bounds.delete(old);
    }
    return digests;
  }
}

/** A record in the form in which it is kept; undefined when it is larger than it may be, or one of too many. */
export function packDecision({ occurredMs, outcome, first }: RecordedOutcome, gate: DigestGate): KeptDecision | undefined {
  const hour = Math.floor(occurredMs / HOUR_MS) * HOUR_MS;
  const digest = createHash("sha256").update(outcome.requestId).digest().readUIntBE(0, 6);
  if (!gate.admit(hour, digest)) return undefined;
  const message = toBinary(OutcomeObservedSchema, outcome);
  const target =
    first === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify([first.provider, first.model]));
  const bytes = new Uint8Array(HEAD_BYTES + target.length + message.length);
  if (bytes.length > MAX_DECISION_BYTES) return undefined;
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, occurredMs);
  view.setUint16(8, target.length);
  bytes.set(target, HEAD_BYTES);
  bytes.set(message, HEAD_BYTES + target.length);
  return { hour, digest, bytes };
}

function unpack(bytes: Uint8Array): RecordedOutcome {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = HEAD_BYTES + view.getUint16(8);
  const outcome = fromBinary(OutcomeObservedSchema, bytes.subarray(end));
  return { occurredMs: view.getFloat64(0), outcome, first: firstOf(bytes.subarray(HEAD_BYTES, end)) };
}

function firstOf(bytes: Uint8Array): RecordedOutcome["first"] {
  if (bytes.length === 0) return undefined;
  const [provider = "", model = ""] = JSON.parse(new TextDecoder().decode(bytes)) as string[];
  return { provider, model };
}

/** Starts of the hours of a query that are still kept. */
export function hoursOfDecisions({ start, end }: DecisionQuery, keptFrom: number): number[] {
  const hours: number[] = [];
  const first = Math.floor(Math.max(start, keptFrom) / HOUR_MS) * HOUR_MS;
  for (let hour = first; hour < end; hour += HOUR_MS) hours.push(hour);
  return hours;
}

type Kept = Pick<KeptDecision, "digest" | "bytes">;

/** Chooses among the records of hours, each told lowest digest first, those with the lowest digests that match. */
export class DecisionSampler {
  readonly #query: DecisionQuery;
  readonly #limit: number;
  #chosen: Kept[] = [];
  #happened = 0;

  constructor(query: DecisionQuery) {
    this.#query = query;
    this.#limit = Math.min(query.limit, MAX_DECISION_SAMPLE);
  }

  /** @param kept every record of the hour, lowest digest first */
  addHour(hour: number, kept: readonly Kept[]): void {
    // Replicas that heard not quite the same keep one request twice, under one digest.
    const once = kept.filter(({ digest }, position) => digest !== kept[position - 1]?.digest);
    const { start, end, tenant } = this.#query;
    // Of an hour that is asked for whole nothing has to be read to know that it matches.
    const whole = tenant === "" && hour >= start && hour + HOUR_MS <= end;
    const matching = whole ? once : once.filter(({ bytes }) => this.#matches(unpack(bytes)));
    this.#happened += matching.length * happenedForEach(once);
    const few = matching.slice(0, this.#limit);
    this.#chosen = [...this.#chosen, ...few].sort((a, b) => a.digest - b.digest).slice(0, this.#limit);
  }

  sample(): DecisionSample {
    const records = this.#chosen.map(({ bytes }) => unpack(bytes)).sort((a, b) => a.occurredMs - b.occurredMs);
    return { records, happened: Math.round(this.#happened) };
  }

  #matches({ occurredMs, outcome }: { occurredMs: number; outcome: OutcomeObserved }): boolean {
    const { start, end, tenant } = this.#query;
    return occurredMs >= start && occurredMs < end && (tenant === "" || outcome.tenant === tenant);
  }
}

/** Requests that each kept one stands for. Of a full hour, (k - 1) / (highest digest / digests) had happened. */
function happenedForEach(kept: readonly Kept[]): number {
  const highest = kept.at(-1)?.digest;
  if (highest === undefined || kept.length < MAX_DECISIONS_PER_HOUR) return 1;
  return Math.max(1, ((kept.length - 1) * DIGESTS) / highest / kept.length);
}
