import type { BudgetScope } from "@fairlead/contracts/cost/v1/budget";
import type { SpendDimension, SpendRow } from "@fairlead/contracts/cost/v1/cost_service";
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
  readonly groupBy: SpendDimension;
}

/** Spend, dearest row first. */
export interface SpendReport {
  readonly rows: SpendRow[];
  /** Nano-dollars of all rows. */
  readonly total: bigint;
}

/** Settled spend, summed by hour, payer and target. All methods reject with StateError. */
export interface SpendStore {
  /** Adds the cost of a request, once for each event id. Resolves to false when it was known already. */
  record(record: SpendRecord): Promise<boolean>;
  query(query: SpendQuery): Promise<SpendReport>;
}

/** Distinct payers and targets kept for one hour; what comes after them is summed under "other". */
export const MAX_SPEND_KEYS_PER_HOUR = 10_000;
/** Longest span of one query. */
export const MAX_QUERY_HOURS = 9_000;
/** How long an hour's spend is kept: 92 days. */
export const DEFAULT_SPEND_RETENTION_MS = 7_948_800_000;
