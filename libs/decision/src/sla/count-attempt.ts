import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { AttemptFinished } from "@fairlead/contracts/events/v1/event";
import type { TargetTally } from "@fairlead/contracts/sla/v1/tally";
import { isMeasured, measuredLatencyMs } from "../balancing/attempt-outcome.ts";
import { binOf } from "./latency-bins.ts";

const MICROSECONDS = 1_000;
const LONGEST_MS = 3_600_000;
/** No attempt costs more; a higher figure is broken. */
const MOST_COST = 1_000_000_000_000_000n;

/** Counts an attempt. */
export function countAttempt(tally: TargetTally, attempt: AttemptFinished): void {
  const { errorCode, firstTokenMs } = attempt;
  tally.attempts += 1n;
  if (errorCode === ErrorCode.UNSPECIFIED) tally.succeeded += 1n;
  else tally.errors[errorCode] = (tally.errors[errorCode] ?? 0n) + 1n;
  if (attempt.hedge) tally.hedges += 1n;
  else if (attempt.attemptNumber > 1) tally.followUps += 1n;
  tally.inputTokens += BigInt(attempt.inputTokens);
  tally.outputTokens += BigInt(attempt.outputTokens);
  tally.costNanoUsd += knownCost(attempt);
  const latencyMs = measuredLatencyMs(attempt);
  if (latencyMs !== undefined) {
    tally.latencyUs += inMicroseconds(latencyMs);
    countBin(tally.latencies, latencyMs);
  }
  if (!isMeasured(firstTokenMs)) return;
  tally.firstContentUs += inMicroseconds(Math.min(firstTokenMs, LONGEST_MS));
  countBin(tally.firstContents, firstTokenMs);
}

/** What an attempt cost in billionths of a dollar; 0 where the figure is broken. */
export function knownCost({ costNanoUsd }: { readonly costNanoUsd: bigint }): bigint {
  return costNanoUsd < 0n || costNanoUsd > MOST_COST ? 0n : costNanoUsd;
}

function inMicroseconds(milliseconds: number): bigint {
  return BigInt(Math.round(milliseconds * MICROSECONDS));
}

function countBin(bins: TargetTally["latencies"], milliseconds: number): void {
  const bin = binOf(milliseconds);
  bins[bin] = (bins[bin] ?? 0n) + 1n;
}
