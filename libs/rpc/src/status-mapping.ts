import { status } from "@grpc/grpc-js";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";

/** The one mapping of error codes to gRPC statuses. */
const STATUS: Readonly<Record<ErrorCode, status>> = {
  [ErrorCode.UNSPECIFIED]: status.UNKNOWN,
  [ErrorCode.INVALID_REQUEST]: status.INVALID_ARGUMENT,
  [ErrorCode.MODEL_NOT_FOUND]: status.NOT_FOUND,
  [ErrorCode.CONTEXT_LENGTH_EXCEEDED]: status.INVALID_ARGUMENT,
  [ErrorCode.CONTENT_REFUSED]: status.FAILED_PRECONDITION,
  [ErrorCode.UNAUTHENTICATED]: status.UNAUTHENTICATED,
  [ErrorCode.PERMISSION_DENIED]: status.PERMISSION_DENIED,
  [ErrorCode.PROVIDER_AUTHENTICATION]: status.FAILED_PRECONDITION,
  [ErrorCode.PROVIDER_QUOTA_EXHAUSTED]: status.RESOURCE_EXHAUSTED,
  [ErrorCode.RATE_LIMITED]: status.RESOURCE_EXHAUSTED,
  [ErrorCode.BUDGET_EXCEEDED]: status.RESOURCE_EXHAUSTED,
  [ErrorCode.COST_LIMIT_EXCEEDED]: status.FAILED_PRECONDITION,
  [ErrorCode.OVERLOADED]: status.UNAVAILABLE,
  [ErrorCode.PROVIDER_ERROR]: status.UNAVAILABLE,
  [ErrorCode.PROVIDER_UNREACHABLE]: status.UNAVAILABLE,
  [ErrorCode.MALFORMED_ANSWER]: status.UNAVAILABLE,
  [ErrorCode.TIMEOUT]: status.DEADLINE_EXCEEDED,
  [ErrorCode.CANCELLED]: status.CANCELLED,
  [ErrorCode.STREAM_INTERRUPTED]: status.ABORTED,
  [ErrorCode.NO_TARGET]: status.UNAVAILABLE,
  [ErrorCode.CIRCUIT_OPEN]: status.UNAVAILABLE,
  [ErrorCode.QUALITY_REJECTED]: status.FAILED_PRECONDITION,
  [ErrorCode.UNIMPLEMENTED]: status.UNIMPLEMENTED,
  [ErrorCode.UNAVAILABLE]: status.UNAVAILABLE,
  [ErrorCode.INTERNAL]: status.INTERNAL,
  [ErrorCode.NOT_FOUND]: status.NOT_FOUND,
  [ErrorCode.CONFLICT]: status.ALREADY_EXISTS,
};

/** What a status means when the peer sent no detail: the peer, or the way to it, failed. */
const CODE: Partial<Record<status, ErrorCode>> = {
  [status.CANCELLED]: ErrorCode.UNAVAILABLE,
  [status.ABORTED]: ErrorCode.UNAVAILABLE,
  [status.UNAVAILABLE]: ErrorCode.UNAVAILABLE,
  [status.DEADLINE_EXCEEDED]: ErrorCode.TIMEOUT,
  [status.INVALID_ARGUMENT]: ErrorCode.INVALID_REQUEST,
  [status.UNIMPLEMENTED]: ErrorCode.UNIMPLEMENTED,
  [status.UNAUTHENTICATED]: ErrorCode.UNAUTHENTICATED,
  [status.PERMISSION_DENIED]: ErrorCode.PERMISSION_DENIED,
  [status.RESOURCE_EXHAUSTED]: ErrorCode.OVERLOADED,
};

/** gRPC status of an error code. */
export function statusOf(code: ErrorCode): status {
  return STATUS[code];
}

/** Name of an error code's gRPC status, for example INVALID_ARGUMENT. */
export function statusName(code: ErrorCode): string {
  return status[STATUS[code]];
}

/** Error code of a status that came without a detail. */
export function codeOf(grpcStatus: status): ErrorCode {
  return CODE[grpcStatus] ?? ErrorCode.INTERNAL;
}
