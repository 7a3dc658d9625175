import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { MAX_SPEND_TAGS, type SpendRecord } from "./spend-store.ts";

const LONGEST_NAME = 256;

/** Who paid for what: the dimensions that spend is kept by. */
export interface SpendKey {
  readonly tenant: string;
  readonly user: string;
  readonly project: string;
  readonly provider: string;
  readonly model: string;
  /** Each once, in order. */
  readonly tags: readonly string[];
}

/** Sums of one key. Cost and savings in nano-dollars. */
export interface SpendSums {
  readonly cost: bigint;
  readonly requests: bigint;
  readonly succeeded: bigint;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly savedDearest: bigint;
  readonly comparedDearest: bigint;
  readonly savedRequested: bigint;
  readonly comparedRequested: bigint;
}

/** Sums of which there is nothing. */
export const NOTHING: SpendSums = {
  cost: 0n,
  requests: 0n,
  succeeded: 0n,
  inputTokens: 0n,
  outputTokens: 0n,
  savedDearest: 0n,
  comparedDearest: 0n,
  savedRequested: 0n,
  comparedRequested: 0n,
};

/** What one record adds to one key. */
export interface SpendEntry {
  readonly key: SpendKey;
  readonly sums: SpendSums;
}

/** Name of what is not told apart. */
export const OTHER = "other";
/** The key of what comes after an hour has as many keys as it may. */
export const OTHER_SPEND: SpendKey = {
  tenant: OTHER,
  user: OTHER,
  project: OTHER,
  provider: OTHER,
  model: OTHER,
  tags: [OTHER],
};

/** The key that takes over when an hour has as many keys with labels as it may; the key itself where it has none. */
export function withoutLabels(key: SpendKey): SpendKey {
  return key.tags.length === 0 ? key : { ...key, tags: [OTHER] };
}

/** Splits a record by target. The request is counted at the target called last, or at none when none was called. */
export function spendEntries(record: SpendRecord): SpendEntry[] {
  const payer = {
    tenant: named(record.tenant),
    user: named(record.user),
    project: named(record.project),
    tags: labelsOf(record),
  };
  const counted = countsOf(record);
  if (record.lines.length === 0)
    return [{ key: { ...payer, provider: "", model: "" }, sums: { ...NOTHING, ...counted } }];
  return record.lines.map((line, position) => ({
    key: { ...payer, provider: named(line.provider), model: named(line.model) },
    sums: {
      ...NOTHING,
      ...(position === record.lines.length - 1 ? counted : {}),
      cost: line.costNanoUsd,
      inputTokens: BigInt(inputTokens(line.usage)),
      outputTokens: BigInt(outputTokens(line.usage)),
    },
  }));
}

/** What counts once for a request. Savings are only told of requests that were answered: the others gave nothing. */
function countsOf({ succeeded, lines, dearestCost, requestedCost }: SpendRecord): Partial<SpendSums> {
  const cost = lines.reduce((sum, line) => sum + line.costNanoUsd, 0n);
  return {
    requests: 1n,
    succeeded: succeeded ? 1n : 0n,
    ...(succeeded && dearestCost !== undefined ? { savedDearest: dearestCost - cost, comparedDearest: 1n } : {}),
    ...(succeeded && requestedCost !== undefined
      ? { savedRequested: requestedCost - cost, comparedRequested: 1n }
      : {}),
  };
}

function inputTokens(usage: TokenUsage | undefined): number {
  if (usage === undefined) return 0;
  return (
    usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.audioInputTokens + usage.imageInputTokens
  );
}

function outputTokens(usage: TokenUsage | undefined): number {
  if (usage === undefined) return 0;
  return usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens + usage.imageOutputTokens;
}

/** Labels in one order, so that the same ones make the same key. */
function labelsOf({ tags }: SpendRecord): string[] {
  return [...new Set(tags.map(named))].sort().slice(0, MAX_SPEND_TAGS);
}

function named(name: string): string {
  return name.length > LONGEST_NAME ? name.slice(0, LONGEST_NAME) : name;
}
