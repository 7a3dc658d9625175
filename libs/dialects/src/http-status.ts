import { ErrorCode } from "@fairlead/contracts/errors/v1/error";

/** The one mapping of error codes to HTTP statuses. 499 is nginx's word for a caller that went away. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  [ErrorCode.UNSPECIFIED]: 500,
  [ErrorCode.INVALID_REQUEST]: 400,
  [ErrorCode.MODEL_NOT_FOUND]: 404,
  [ErrorCode.CONTEXT_LENGTH_EXCEEDED]: 400,
  [ErrorCode.CONTENT_REFUSED]: 400,
  [ErrorCode.UNAUTHENTICATED]: 401,
  [ErrorCode.PERMISSION_DENIED]: 403,
  [ErrorCode.PROVIDER_AUTHENTICATION]: 502,
  [ErrorCode.PROVIDER_QUOTA_EXHAUSTED]: 503,
  [ErrorCode.RATE_LIMITED]: 429,
  [ErrorCode.BUDGET_EXCEEDED]: 429,
  [ErrorCode.COST_LIMIT_EXCEEDED]: 400,
  [ErrorCode.OVERLOADED]: 503,
  [ErrorCode.PROVIDER_ERROR]: 502,
  [ErrorCode.PROVIDER_UNREACHABLE]: 502,
  [ErrorCode.MALFORMED_ANSWER]: 502,
  [ErrorCode.TIMEOUT]: 504,
  [ErrorCode.CANCELLED]: 499,
  [ErrorCode.STREAM_INTERRUPTED]: 502,
  [ErrorCode.NO_TARGET]: 503,
  [ErrorCode.CIRCUIT_OPEN]: 503,
  [ErrorCode.QUALITY_REJECTED]: 502,
  [ErrorCode.UNIMPLEMENTED]: 501,
  [ErrorCode.UNAVAILABLE]: 503,
  [ErrorCode.INTERNAL]: 500,
  [ErrorCode.NOT_FOUND]: 404,
  [ErrorCode.CONFLICT]: 409,
};

/** HTTP status of an error; a code of a newer version is 500. */
export function httpStatus(code: ErrorCode): number {
  return STATUS[code] ?? 500;
}
