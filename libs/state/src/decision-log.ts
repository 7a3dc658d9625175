import type { RecordedOutcome } from "@fairlead/decision/replay/recorded-outcome";

/** Which records are asked for. */
export interface DecisionQuery {
  /** Unix milliseconds. */
  readonly start: number;
  /** Unix milliseconds; records of this moment are not part of it. */
  readonly end: number;
  /** Empty: all tenants. */
  readonly tenant: string;
  /** Records at most; of more, an even sample is taken. */
  readonly limit: number;
}

/** Records, and how many there were to choose from. */
export interface DecisionSample {
  /** In the order of time. */
  readonly records: readonly RecordedOutcome[];
  /** Requests that happened in the time; estimated where an hour had more than are kept of it. */
  readonly happened: number;
}

/**
 * What was decided and what came of it, without content, kept for a time and in a bounded number. Of an hour with more requests than are kept, those stay whose
 * names have the lowest digests (a bottom-k sketch): an even sample that is the same whichever replica saw what, and from
 * whose highest digest the number of all requests follows (Bar-Yossef et al., "Counting distinct elements in a data
 * stream", 2002).
 *
 * All methods reject with StateError.
 */
export interface DecisionLog {
  /** Keeps records. The same record again, also from another replica, changes nothing. */
  append(records: readonly RecordedOutcome[]): Promise<void>;
  sample(query: DecisionQuery): Promise<DecisionSample>;
}

/** Records kept of one hour. */
export const MAX_DECISIONS_PER_HOUR = 2_000;
/** How long a record is kept: 7 days. */
export const DEFAULT_DECISION_RETENTION_MS = 604_800_000;
/** Records of one answer. */
export const MAX_DECISION_SAMPLE = 20_000;
/** Bytes of one record; a longer one is not kept. */
export const MAX_DECISION_BYTES = 8_192;
