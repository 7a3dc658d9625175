import { create } from "@bufbuild/protobuf";
import { type Attempt, AttemptSchema, ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type CostLine, CostLineSchema } from "@fairlead/contracts/events/v1/event";
import { type Outcome, OutcomeSchema } from "@fairlead/contracts/execution/v1/execution_service";
import type { PlannedAttempt } from "@fairlead/contracts/execution/v1/plan";
import { judgeFailure } from "@fairlead/decision/fallback/judge-failure";
import type { Attempted } from "./attempt.ts";

/** Milliseconds that a target must have had before running out of time counts against it. */
const FAIR_TIME_MS = 250;

/** An attempt that has ended, as its caller is told. */
export function toAttempt({ planned, number, hedge, costNanoUsd, error, failedCheck, durationMs }: Attempted): Attempt {
  const { provider, model, deployment, tier } = planned;
  const errorCode = error?.code ?? ErrorCode.UNSPECIFIED;
  const told = { number, provider, model, deployment, tier, hedge, costNanoUsd, errorCode, failedCheck: failedCheck ?? "" };
  return create(AttemptSchema, { ...told, errorMessage: error?.message ?? "", durationMs: Math.round(durationMs) });
}

/** An attempt that was not made, as its caller is told. */
export function toSkipped({ provider, model, deployment, tier }: PlannedAttempt, number: number, errorCode: ErrorCode, errorMessage: string): Attempt {
  return create(AttemptSchema, { number, provider, model, deployment, tier, errorCode, errorMessage, skipped: true });
}

/** What an attempt that has ended cost; undefined where it used nothing. */
export function toCostLine({ planned: { provider, model, deployment }, usage, costNanoUsd }: Attempted): CostLine | undefined {
  return usage === undefined ? undefined : create(CostLineSchema, { provider, model, deployment, usage, costNanoUsd });
}

/** What the end of a call says about its target. A caller that leaves, or that gives it next to no time, says nothing. */
export function judgeTarget({ error, durationMs }: Attempted): "succeeded" | "failed" | "abandoned" {
  if (error === undefined || error.code === ErrorCode.QUALITY_REJECTED) return "succeeded";
  const unfair = error.code === ErrorCode.TIMEOUT && durationMs < FAIR_TIME_MS;
  return judgeFailure(error.code).blamesTarget && !unfair ? "failed" : "abandoned";
}

/** What came of a request: every attempt in its order, the one that answered last. */
export function toOutcome(answer: Attempted | undefined, made: readonly Attempt[], lines: readonly CostLine[], hedged: boolean): Outcome {
  const isAnswer = ({ number }: Attempt) => Number(number === answer?.number);
  const outcome = create(OutcomeSchema, {
    attempts: made.toSorted((a, b) => isAnswer(a) - isAnswer(b) || a.number - b.number),
    provider: answer?.planned.provider ?? "",
    model: answer?.planned.model ?? "",
    deployment: answer?.planned.deployment ?? "",
    costNanoUsd: lines.reduce((sum, line) => sum + line.costNanoUsd, 0n),
    hedged,
    firstTokenMs: answer?.facts.firstTokenMs ?? 0,
  });
  if (answer?.score !== undefined) outcome.qualityScore = answer.score;
  if (answer?.usage !== undefined) outcome.usage = answer.usage;
  return outcome;
}
