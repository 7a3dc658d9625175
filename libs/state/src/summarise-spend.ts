import { create } from "@bufbuild/protobuf";
import type { BudgetScope } from "@fairlead/contracts/cost/v1/budget";
import { SpendDimension, type SpendRow, SpendRowSchema } from "@fairlead/contracts/cost/v1/cost_service";
import { MAX_QUERY_HOURS, type SpendQuery, type SpendRecord, type SpendReport } from "./spend-store.ts";

const HOUR_MS = 3_600_000;
const LONGEST_NAME = 256;

/** Who paid for what: the dimensions that spend is kept by. */
export interface SpendKey {
  readonly tenant: string;
  readonly user: string;
  readonly project: string;
  readonly provider: string;
  readonly model: string;
}

/** Sums of one key. Cost in nano-dollars. */
export interface SpendSums {
  readonly cost: bigint;
  readonly requests: bigint;
  readonly succeeded: bigint;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
}

/** What one record adds to one key. */
export interface SpendEntry {
  readonly key: SpendKey;
  readonly sums: SpendSums;
}

/** The key of what comes after an hour has as many keys as it may. */
export const OTHER_SPEND: SpendKey = { tenant: "other", user: "other", project: "other", provider: "other", model: "other" };

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

/** Splits a record by target. The request is counted at the target called last, or at none when none was called. */
export function spendEntries(record: SpendRecord): SpendEntry[] {
  const payer = { tenant: named(record.tenant), user: named(record.user), project: named(record.project) };
  const counted = { requests: 1n, succeeded: record.succeeded ? 1n : 0n };
  if (record.lines.length === 0) {
    const sums = { cost: 0n, ...counted, inputTokens: 0n, outputTokens: 0n };
    return [{ key: { ...payer, provider: "", model: "" }, sums }];
  }
  return record.lines.map((line, position) => {
    const { usage } = line;
    const input = usage === undefined ? 0 : usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
    const output = usage === undefined ? 0 : usage.outputTokens + usage.reasoningTokens;
    const last = position === record.lines.length - 1;
    return {
      key: { ...payer, provider: named(line.provider), model: named(line.model) },
      sums: {
        cost: line.costNanoUsd,
        ...(last ? counted : { requests: 0n, succeeded: 0n }),
        inputTokens: BigInt(input + (usage?.audioInputTokens ?? 0) + (usage?.imageInputTokens ?? 0)),
        outputTokens: BigInt(output + (usage?.audioOutputTokens ?? 0) + (usage?.imageOutputTokens ?? 0)),
      },
    };
  });
}

/** True when a key is within what is asked for. */
export function matchesSpend(key: SpendKey, filter: BudgetScope | undefined): boolean {
  if (filter === undefined) return true;
  return (
    (filter.tenant === "" || filter.tenant === key.tenant) &&
    (filter.user === "" || filter.user === key.user) &&
    (filter.project === "" || filter.project === key.project) &&
    (filter.provider === "" || filter.provider === key.provider) &&
    (filter.model === "" || filter.model === key.model)
  );
}

/** Adds entries up by a dimension; the dearest row comes first, of equal ones the first by name. */
export function summariseSpend(entries: Iterable<SpendEntry>, groupBy: SpendDimension): SpendReport {
  const rows = new Map<string, SpendRow>();
  let total = 0n;
  for (const { key, sums } of entries) {
    const name = dimensionOf(key, groupBy);
    let row = rows.get(name);
    if (row === undefined) rows.set(name, (row = create(SpendRowSchema, { key: name })));
    row.costNanoUsd += sums.cost;
    row.requests += sums.requests;
    row.succeeded += sums.succeeded;
    row.inputTokens += sums.inputTokens;
    row.outputTokens += sums.outputTokens;
    total += sums.cost;
  }
  return { rows: [...rows.values()].sort(dearestFirst), total };
}

function dimensionOf(key: SpendKey, groupBy: SpendDimension): string {
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

function dearestFirst(a: SpendRow, b: SpendRow): number {
  if (a.costNanoUsd !== b.costNanoUsd) return a.costNanoUsd > b.costNanoUsd ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

function named(name: string): string {
  return name.length > LONGEST_NAME ? name.slice(0, LONGEST_NAME) : name;
}
