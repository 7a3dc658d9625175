/** A thing to keep. */
export interface KeptRecord {
  readonly key: string;
  /** Of two records of one key the one with the higher revision is kept. An integer up to 2^53. */
  readonly revision: number;
  readonly value: Uint8Array;
}

/** Which records are asked for: keys from `from` up to, but not with, `before`, compared as texts. */
export interface RecordRange {
  readonly from?: string | undefined;
  readonly before?: string | undefined;
}

/**
 * Records by kind and key that all processes share. Whoever writes reads first and writes one revision more, so of several
 * that act on the same state exactly one has an effect. All methods reject with StateError.
 */
export interface RecordStore {
  /**
   * Keeps a record unless one of the same key with the same or a higher revision is kept. Resolves to whether it was kept;
   * rejects with StateError `full` when 10,000 records of the kind are kept and this is another one.
   *
   * @param kind a word
   * @param keepUntil Unix milliseconds after which it may be forgotten
   * @param now Unix milliseconds
   */
  put(kind: string, record: KeptRecord, keepUntil: number, now: number): Promise<boolean>;
  /** The records of a kind, by key. */
  load(kind: string, range?: RecordRange): Promise<KeptRecord[]>;
}

/** How many records of one kind are kept. */
export const MAX_RECORDS_OF_KIND = 10_000;
