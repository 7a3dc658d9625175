import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { SpendDimension, SpendPeriod, type SpendRow, SpendRowSchema } from "@fairlead/contracts/cost/v1/cost_service";
import { windowStart } from "@fairlead/decision/cost/budget-window";
import { OTHER, type SpendEntry, type SpendKey, type SpendSums } from "./spend-entries.ts";
import { MAX_QUERY_HOURS, MAX_SUMMARY_ROWS, type SpendQuery, type SpendReport } from "./spend-store.ts";

const HOUR_MS = 3_600_000;

const WINDOWS = {
  [SpendPeriod.HOUR]: BudgetWindow.HOUR,
  [SpendPeriod.DAY]: BudgetWindow.DAY,
  [SpendPeriod.WEEK]: BudgetWindow.WEEK,
  [SpendPeriod.MONTH]: BudgetWindow.MONTH,
} as const;

/** Start of the period that an hour falls into, in unix milliseconds; 0 where time is not split. */
export function periodOf(hour: number, period: SpendPeriod | undefined): number {
  return period === undefined || period === SpendPeriod.UNSPECIFIED ? 0 : windowStart(WINDOWS[period], hour);
}

/** Start of the hour that a time falls into, in unix milliseconds. */
export function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS;
}

/** Starts of the hours that a query is about, at most the last MAX_QUERY_HOURS of them. */
export function hoursOf(query: SpendQuery): number[] {
  const end = Math.ceil(query.end / HOUR_MS) * HOUR_MS;
  const hours: number[] = [];
  for (let hour = Math.max(hourOf(query.start), end - MAX_QUERY_HOURS * HOUR_MS); hour < end; hour += HOUR_MS) {
    hours.push(hour);
  }
  return hours;
}

/** True when a key is within what is asked for. */
export function matchesSpend(key: SpendKey, { filter, tag }: Pick<SpendQuery, "filter" | "tag">): boolean {
  if (tag !== undefined && tag !== "" && !key.tags.includes(tag)) return false;
  if (filter === undefined) return true;
  return (
    (filter.tenant === "" || filter.tenant === key.tenant) &&
    (filter.user === "" || filter.user === key.user) &&
    (filter.project === "" || filter.project === key.project) &&
    (filter.provider === "" || filter.provider === key.provider) &&
    (filter.model === "" || filter.model === key.model)
  );
}

/** Adds up what stores hold, by the dimension and the period of a query. */
export class SpendSummary {
  readonly #query: SpendQuery;
  readonly #rows = new Map<string, SpendRow>();
  #total = 0n;

  constructor(query: SpendQuery) {
    this.#query = query;
  }

  /** @param periodStart unix milliseconds of the period that the entry falls into */
  add(periodStart: number, { key, sums }: SpendEntry): void {
    if (!matchesSpend(key, this.#query)) return;
    this.#total += sums.cost;
    for (const name of namesOf(key, this.#query)) addSums(this.#row(periodStart, name), sums);
  }

  report(): SpendReport {
    const rows = [...this.#rows.values()].sort(oldestThenDearest);
    for (const row of rows) {
      if (row.succeeded > 0n) row.costPerSuccessNanoUsd = (row.costNanoUsd + row.succeeded / 2n) / row.succeeded;
    }
    return { rows, total: this.#total };
  }

  #row(periodStart: number, name: string): SpendRow {
    const known = this.#rows.get(`${periodStart} ${name}`);
    if (known !== undefined) return known;
    const kept = this.#rows.size < MAX_SUMMARY_ROWS ? name : OTHER;
    const id = `${periodStart} ${kept}`;
    let row = this.#rows.get(id);
    if (row === undefined) {
      const split = (this.#query.period ?? SpendPeriod.UNSPECIFIED) !== SpendPeriod.UNSPECIFIED;
      row = create(SpendRowSchema, { key: kept, ...(split ? { periodStart: timestampFromMs(periodStart) } : {}) });
      this.#rows.set(id, row);
    }
    return row;
  }
}

function addSums(row: SpendRow, sums: SpendSums): void {
  row.costNanoUsd += sums.cost;
  row.requests += sums.requests;
  row.succeeded += sums.succeeded;
  row.inputTokens += sums.inputTokens;
  row.outputTokens += sums.outputTokens;
  row.savedAgainstDearestNanoUsd += sums.savedDearest;
  row.comparedWithDearest += sums.comparedDearest;
  row.savedAgainstRequestedNanoUsd += sums.savedRequested;
  row.comparedWithRequested += sums.comparedRequested;
}

/** The rows that an entry counts in: several where it has several labels and they are asked for. */
function namesOf(key: SpendKey, { groupBy, tag }: SpendQuery): readonly string[] {
  if (groupBy !== SpendDimension.TAG) return [dimensionOf(key, groupBy)];
  if (tag !== undefined && tag !== "") return [tag];
  return key.tags.length === 0 ? [""] : key.tags;
}

function dimensionOf(key: SpendKey, groupBy: Exclude<SpendDimension, SpendDimension.TAG>): string {
  switch (groupBy) {
    case SpendDimension.TENANT:
      return key.tenant;
    case SpendDimension.USER:
      return key.user;
    case SpendDimension.PROJECT:
      return key.project;
    case SpendDimension.PROVIDER:
      return key.provider;
    case SpendDimension.MODEL:
      return key.provider === "" ? key.model : `${key.provider}/${key.model}`;
    case SpendDimension.UNSPECIFIED:
      return "";
  }
}

function oldestThenDearest(a: SpendRow, b: SpendRow): number {
  const [first, second] = [a.periodStart?.seconds ?? 0n, b.periodStart?.seconds ?? 0n];
  if (first !== second) return first < second ? -1 : 1;
  if (a.costNanoUsd !== b.costNanoUsd) return a.costNanoUsd > b.costNanoUsd ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}
