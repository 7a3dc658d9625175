import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Attempted } from "./attempt.ts";

/** What the mesh is told of an attempt that was made. */
export interface AttemptRecord {
  readonly provider: string;
  readonly model: string;
  /** Empty: the only one. */
  readonly deployment: string;
  /** Empty: not known. */
  readonly region: string;
  /** Unspecified: it succeeded. */
  readonly errorCode: ErrorCode;
  readonly durationMs: number;
  /** 0: unstreamed, or none came. */
  readonly firstTokenMs: number;
  readonly streamed: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanoUsd: bigint;
  /** 0: the provider did not ask for it. */
  readonly retryAfterMs: number;
  /** From 1. */
  readonly attemptNumber: number;
  /** True when it was started because another was late. */
  readonly hedge: boolean;
  /** Score of the answer's quality, 0 to 1. Absent: not scored. */
  readonly qualityScore?: number;
}

/** What the mesh is told of an attempt that has ended. */
export function recordOf(attempt: Attempted, retryAfterMs: number): AttemptRecord {
  const { planned, usage, facts, score } = attempt;
  return {
    provider: planned.provider,
    model: planned.model,
    deployment: planned.deployment,
    region: planned.region,
    errorCode: attempt.error?.code ?? ErrorCode.UNSPECIFIED,
    durationMs: attempt.durationMs,
    firstTokenMs: facts.firstTokenMs ?? 0,
    streamed: facts.streamed ?? false,
    inputTokens: usage === undefined ? 0 : usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.audioInputTokens + usage.imageInputTokens,
    outputTokens: usage === undefined ? 0 : usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens + usage.imageOutputTokens,
    costNanoUsd: attempt.costNanoUsd,
    retryAfterMs: Math.min(Math.round(retryAfterMs), 0xffff_ffff),
    attemptNumber: attempt.number,
    hedge: attempt.hedge,
    ...(score === undefined ? {} : { qualityScore: score }),
  };
}
