import { create } from "@bufbuild/protobuf";
import { type Attempt, AttemptSchema, ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type CostLine, CostLineSchema } from "@fairlead/contracts/events/v1/event";
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
