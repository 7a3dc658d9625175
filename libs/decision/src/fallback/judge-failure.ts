import { ErrorCode } from "@fairlead/contracts/errors/v1/error";

/** What a failed attempt means for what comes next. */
export interface FailureVerdict {
  /** It counts against the target's circuit. */
  readonly blamesTarget: boolean;
  /** Another target may do better. */
  readonly fallsBack: boolean;
  /** The same target may do better after a wait. */
  readonly retries: boolean;
}

const OUTAGE: FailureVerdict = { blamesTarget: true, fallsBack: true, retries: true };
const ELSEWHERE: FailureVerdict = { blamesTarget: false, fallsBack: true, retries: false };
const FINAL: FailureVerdict = { blamesTarget: false, fallsBack: false, retries: false };

const VERDICTS: Partial<Record<ErrorCode, FailureVerdict>> = {
  [ErrorCode.PROVIDER_ERROR]: OUTAGE,
  [ErrorCode.PROVIDER_UNREACHABLE]: OUTAGE,
  [ErrorCode.MALFORMED_ANSWER]: OUTAGE,
  [ErrorCode.OVERLOADED]: OUTAGE,
  [ErrorCode.UNAVAILABLE]: OUTAGE,
  [ErrorCode.TIMEOUT]: OUTAGE,
  [ErrorCode.STREAM_INTERRUPTED]: OUTAGE,
  [ErrorCode.INTERNAL]: { blamesTarget: true, fallsBack: true, retries: false },
  [ErrorCode.PROVIDER_AUTHENTICATION]: { blamesTarget: true, fallsBack: true, retries: false },
  [ErrorCode.PROVIDER_QUOTA_EXHAUSTED]: { blamesTarget: true, fallsBack: true, retries: false },
  [ErrorCode.RATE_LIMITED]: { blamesTarget: false, fallsBack: true, retries: true },
  [ErrorCode.MODEL_NOT_FOUND]: ELSEWHERE,
  [ErrorCode.CONTEXT_LENGTH_EXCEEDED]: ELSEWHERE,
  [ErrorCode.CONTENT_REFUSED]: ELSEWHERE,
  [ErrorCode.QUALITY_REJECTED]: ELSEWHERE,
  [ErrorCode.UNIMPLEMENTED]: ELSEWHERE,
  [ErrorCode.CIRCUIT_OPEN]: ELSEWHERE,
};

/** What a failure means. Whatever is the caller's own, such as an invalid request, ends the execution. */
export function judgeFailure(code: ErrorCode): FailureVerdict {
  return VERDICTS[code] ?? FINAL;
}
