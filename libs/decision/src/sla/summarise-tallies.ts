import { create } from "@bufbuild/protobuf";
import type { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import {
  type FailureCount,
  FailureCountSchema,
  ModelSummarySchema,
  type ProviderSummary,
  ProviderSummarySchema,
  type SummaryFigures,
  SummaryFiguresSchema,
  type SummaryLatency,
  SummaryLatencySchema,
} from "@fairlead/contracts/sla/v1/summary";
import { type TargetTally, TargetTallySchema } from "@fairlead/contracts/sla/v1/tally";
import { attemptOutcome } from "../balancing/attempt-outcome.ts";
import { type Bins, countOf, quantileOf } from "./latency-bins.ts";
import { addTallies, type Tallies } from "./merge-tallies.ts";

/** Sums up counts by provider, by name; providers and models that were not called are left out. */
export function summariseProviders(tallies: readonly TargetTally[], byModel: boolean): ProviderSummary[] {
  const called = tallies.filter(({ attempts }) => attempts > 0n).toSorted((left, right) => compare(left.provider, right.provider) || compare(left.model, right.model));
  return [...new Set(called.map(({ provider }) => provider))].map((provider) => {
    const own = called.filter((tally) => tally.provider === provider);
    const models = byModel ? own.map((tally) => create(ModelSummarySchema, { model: tally.model, figures: figuresOf([tally]) })) : [];
    return create(ProviderSummarySchema, { provider, figures: figuresOf(own), models });
  });
}

/** The figures of counts, summed up. */
export function figuresOf(tallies: readonly TargetTally[]): SummaryFigures {
  const sum = sumOf(tallies);
  const { attempts, succeeded } = sum;
  const failures = failuresOf(sum);
  const failed = failures.reduce((total, one) => (one.blamesProvider ? total + one.attempts : total), 0n);
  const figures = create(SummaryFiguresSchema, {
    attempts,
    succeeded,
    failed,
    unblamed: attempts - succeeded - failed,
    failures,
    inputTokens: sum.inputTokens,
    outputTokens: sum.outputTokens,
    costNanoUsd: sum.costNanoUsd,
    followUps: sum.followUps,
    hedges: sum.hedges,
  });
  const latency = latencyOf(sum.latencies, sum.latencyUs);
  const firstContent = latencyOf(sum.firstContents, sum.firstContentUs);
  if (latency !== undefined) figures.latency = latency;
  if (firstContent !== undefined) figures.firstContent = firstContent;
  if (succeeded + failed > 0n) figures.successRate = Number(succeeded) / Number(succeeded + failed);
  if (succeeded > 0n) figures.costPerSuccessNanoUsd = (2n * sum.costNanoUsd + succeeded) / (2n * succeeded);
  if (attempts > 0n) figures.followUpShare = Number(sum.followUps) / Number(attempts);
  return figures;
}

function sumOf(tallies: readonly TargetTally[]): TargetTally {
  const sums: Tallies = new Map();
  addTallies(sums, tallies.map((tally) => ({ ...tally, provider: "", model: "" })));
  return [...sums.values()][0] ?? create(TargetTallySchema);
}

function failuresOf({ errors }: TargetTally): FailureCount[] {
  return Object.entries(errors)
    .map(([code, attempts]) => {
      const errorCode: ErrorCode = Number(code);
      return create(FailureCountSchema, { errorCode, attempts, blamesProvider: attemptOutcome(errorCode) === "failed" });
    })
    .toSorted((left, right) => Number(right.attempts - left.attempts) || left.errorCode - right.errorCode);
}

function latencyOf(bins: Bins, microseconds: bigint): SummaryLatency | undefined {
  const measured = countOf(bins);
  const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((share) => quantileOf(bins, share));
  if (p50Ms === undefined || p95Ms === undefined || p99Ms === undefined) return undefined;
  return create(SummaryLatencySchema, { measured, meanMs: Number(microseconds) / Number(measured) / 1_000, p50Ms, p95Ms, p99Ms });
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
