import type { BudgetScope } from "@fairlead/contracts/cost/v1/budget";
import type { SpendDimension, SpendPeriod, SpendRow } from "@fairlead/contracts/cost/v1/cost_service";
import type { CostLine } from "@fairlead/contracts/events/v1/event";

/** What one request cost. */
export interface SpendRecord {
  readonly eventId: string;
  readonly tenant: string;
  readonly user: string;
  readonly project: string;
  readonly tags: readonly string[];
  /** Cost by target. The request is counted at the last one, so that it counts once however spend is split. */
  readonly lines: readonly CostLine[];
  readonly succeeded: boolean;
  /** What the dearest target able to answer would have cost in nano-dollars; undefined: not compared. */
  readonly dearestCost?: bigint | undefined;
  /** What the target that was asked for would have cost in nano-dollars; undefined: none was. */
  readonly requestedCost?: bigint | undefined;
  /** Unix milliseconds. */
  readonly occurredMs: number;
}

/** Which spend is asked for, and by what it is split. */
export interface SpendQuery {
  /** Unix milliseconds; the hour that it falls into is the first that counts. */
  readonly start: number;
  /** Unix milliseconds; only hours that begin before it count. */
  readonly end: number;
  /** Counts only what matches. Undefined: everything. */
  readonly filter?: BudgetScope | undefined;
  /** Counts only requests with this label. Undefined or empty: all. */
  readonly tag?: string | undefined;
  readonly groupBy: SpendDimension;
  /** Undefined: not split by time. */
  readonly period?: SpendPeriod | undefined;
}

/** Spend: oldest period first, then dearest first. */
export interface SpendReport {
  readonly rows: SpendRow[];
  /** Nano-dollars of what was asked for; each request counts once, however many labels it has. */
  readonly total: bigint;
}

/** Settled spend, summed by hour, payer, labels and target. All methods reject with StateError. */
export interface SpendStore {
  /** Adds the cost of a request, once for each event id. Resolves to false when it was known already. */
  record(record: SpendRecord): Promise<boolean>;
  query(query: SpendQuery): Promise<SpendReport>;
  /** The first hour that is still kept, in unix milliseconds. */
  keptFrom(): number;
}

/** Distinct payers, labels and targets kept for one hour; what comes after them is summed under "other". */
export const MAX_SPEND_KEYS_PER_HOUR = 10_000;
/** Keys of one hour from which on new labels are summed under "other", so that they leave room for payers and targets. */
export const MAX_TAGGED_KEYS_PER_HOUR = 5_000;
/** Labels kept of one request. */
export const MAX_SPEND_TAGS = 16;
/** Rows that one answer is put together from; what comes after them is summed under "other". */
export const MAX_SUMMARY_ROWS = 100_000;
/** Longest span of one query. */
export const MAX_QUERY_HOURS = 9_000;
/** How long an hour's spend is kept: 92 days. */
export const DEFAULT_SPEND_RETENTION_MS = 7_948_800_000;

/** How long spend is kept. */
export interface SpendStoreSettings {
  /** Milliseconds for which an event is remembered. */
  readonly rememberMs?: number | undefined;
  /** Milliseconds for which an hour's spend is kept. */
  readonly spendRetentionMs?: number | undefined;
}
