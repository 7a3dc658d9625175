import { firstTarget, recordedKey, type RecordedOutcome } from "./recorded-outcome.ts";

/** What the record tells of a target. */
export interface RecordedFigures {
  /** Requests that it was tried first for. */
  readonly tried: number;
  /** Those of them that it failed. */
  readonly failed: number;
  /** Milliseconds of its answers, rising. */
  readonly latencies: readonly number[];
  /** Mean milliseconds to the first content. 0: no stream was seen. */
  readonly firstTokenMs: number;
  /** Mean output tokens a second. 0: not seen. */
  readonly tokensPerSecond: number;
}

/** What the record tells of all targets. */
export interface MeasuredRecord {
  readonly byTarget: ReadonlyMap<string, RecordedFigures>;
  /** Share of first tries that failed, over all targets. */
  readonly failureRate: number;
}

interface Sums {
  tried: number;
  failed: number;
  latencies: number[];
  firstTokens: number[];
  speeds: number[];
}

/** Failures of all targets together count for a target like this many of its own tries, so that a few tries decide nothing. */
const PRIOR_TRIES = 5;

/** Measures what targets did in a record. */
export function measureRecord(records: readonly RecordedOutcome[]): MeasuredRecord {
  const sums = new Map<string, Sums>();
  const of = (key: string) => {
    const known = sums.get(key) ?? { tried: 0, failed: 0, latencies: [], firstTokens: [], speeds: [] };
    sums.set(key, known);
    return known;
  };
  for (const record of records) {
    const { outcome } = record;
    const first = firstTarget(record);
    if (first !== undefined) countTry(of(recordedKey(first)), outcome.fellBack || !outcome.succeeded);
    // The time of a request that fell back is not that of the target which answered in the end.
    if (outcome.succeeded && !outcome.fellBack) addAnswer(of(recordedKey(outcome)), record);
  }
  const all = [...sums.values()];
  const tried = all.reduce((sum, one) => sum + one.tried, 0);
  const failed = all.reduce((sum, one) => sum + one.failed, 0);
  return {
    byTarget: new Map(Array.from(sums, ([key, one]) => [key, toFigures(one)])),
    failureRate: tried === 0 ? 0 : failed / tried,
  };
}

/** Share of a target's first tries that are expected to fail. */
export function failureRateOf({ byTarget, failureRate }: MeasuredRecord, key: string): number {
  const { tried, failed } = byTarget.get(key) ?? { tried: 0, failed: 0 };
  return (failed + PRIOR_TRIES * failureRate) / (tried + PRIOR_TRIES);
}

function countTry(sums: Sums, failed: boolean): void {
  sums.tried += 1;
  if (failed) sums.failed += 1;
}

function addAnswer(sums: Sums, { outcome }: RecordedOutcome): void {
  const { durationMs, firstTokenMs, usage } = outcome;
  sums.latencies.push(durationMs);
  if (firstTokenMs > 0) sums.firstTokens.push(firstTokenMs);
  const tokens = (usage?.outputTokens ?? 0) + (usage?.reasoningTokens ?? 0);
  const writingMs = durationMs - firstTokenMs;
  if (tokens > 0 && writingMs > 0) sums.speeds.push((tokens / writingMs) * 1_000);
}

function toFigures({ tried, failed, latencies, firstTokens, speeds }: Sums): RecordedFigures {
  return {
    tried,
    failed,
    latencies: latencies.sort((a, b) => a - b),
    firstTokenMs: mean(firstTokens),
    tokensPerSecond: mean(speeds),
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
