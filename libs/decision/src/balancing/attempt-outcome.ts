import { ErrorCode } from "@fairlead/contracts/errors/v1/error";

/** What an attempt says of its target; neutral ones say nothing. */
export type AttemptOutcome = "succeeded" | "failed" | "neutral";

/** The one judgement of who is to blame: failures of the request, the caller or the mesh say nothing of a target. */
const OUTCOMES: Readonly<Record<ErrorCode, AttemptOutcome>> = {
  [ErrorCode.UNSPECIFIED]: "succeeded",
  [ErrorCode.INVALID_REQUEST]: "neutral",
  // The adapter announced the model, so a provider that does not know it fails its target.
  [ErrorCode.MODEL_NOT_FOUND]: "failed",
  [ErrorCode.CONTEXT_LENGTH_EXCEEDED]: "neutral",
  [ErrorCode.CONTENT_REFUSED]: "neutral",
  [ErrorCode.UNAUTHENTICATED]: "neutral",
  [ErrorCode.PERMISSION_DENIED]: "neutral",
  [ErrorCode.PROVIDER_AUTHENTICATION]: "failed",
  [ErrorCode.PROVIDER_QUOTA_EXHAUSTED]: "failed",
  [ErrorCode.RATE_LIMITED]: "failed",
  [ErrorCode.BUDGET_EXCEEDED]: "neutral",
  [ErrorCode.COST_LIMIT_EXCEEDED]: "neutral",
  [ErrorCode.OVERLOADED]: "failed",
  [ErrorCode.PROVIDER_ERROR]: "failed",
  [ErrorCode.PROVIDER_UNREACHABLE]: "failed",
  [ErrorCode.MALFORMED_ANSWER]: "failed",
  [ErrorCode.TIMEOUT]: "failed",
  [ErrorCode.CANCELLED]: "neutral",
  [ErrorCode.STREAM_INTERRUPTED]: "failed",
  [ErrorCode.NO_TARGET]: "neutral",
  [ErrorCode.CIRCUIT_OPEN]: "neutral",
  [ErrorCode.QUALITY_REJECTED]: "neutral",
  [ErrorCode.UNIMPLEMENTED]: "neutral",
  // The adapter could not be reached: without it there is no target.
  [ErrorCode.UNAVAILABLE]: "failed",
  [ErrorCode.INTERNAL]: "failed",
  [ErrorCode.NOT_FOUND]: "neutral",
  [ErrorCode.CONFLICT]: "neutral",
};

/** What an attempt says of its target; a code of a later version says nothing. */
export function attemptOutcome(code: ErrorCode): AttemptOutcome {
  return OUTCOMES[code] ?? "neutral";
}

/** Milliseconds of an attempt that measure its target; undefined where it was not served or the figure is broken. */
export function measuredLatencyMs(attempt: {
  readonly errorCode: ErrorCode;
  readonly durationMs: number;
}): number | undefined {
  // A call that ran into a time limit took at least that long. Other failures are fast and say nothing of the service.
  const served = attempt.errorCode === ErrorCode.UNSPECIFIED || attempt.errorCode === ErrorCode.TIMEOUT;
  return served && isMeasured(attempt.durationMs) ? Math.min(attempt.durationMs, LONGEST_CALL_MS) : undefined;
}

/** True for a figure that a clock can have measured. */
export function isMeasured(milliseconds: number): boolean {
  return milliseconds > 0 && milliseconds < Number.POSITIVE_INFINITY;
}

/** No request may take longer (timeout_ms of the request's context). */
const LONGEST_CALL_MS = 3_600_000;
