import { ErrorCode } from "@fairlead/contracts/errors/v1/error";

/** How a request ended, in the few kinds that a service level tells apart. */
export type RequestResult = "answered" | "stored" | "degraded" | "refused" | "limited" | "cancelled" | "failed";

/** What the caller asked for cannot or may not be done. */
const REFUSED: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.INVALID_REQUEST,
  ErrorCode.MODEL_NOT_FOUND,
  ErrorCode.CONTEXT_LENGTH_EXCEEDED,
  ErrorCode.CONTENT_REFUSED,
  ErrorCode.UNAUTHENTICATED,
  ErrorCode.PERMISSION_DENIED,
  ErrorCode.BUDGET_EXCEEDED,
  ErrorCode.COST_LIMIT_EXCEEDED,
  ErrorCode.UNIMPLEMENTED,
  ErrorCode.NOT_FOUND,
  ErrorCode.CONFLICT,
]);

/** How a request ended that ended with a code: only what the mesh or its providers are to blame for has failed. */
export function resultOf(code: ErrorCode): RequestResult {
  if (code === ErrorCode.CANCELLED) return "cancelled";
  if (code === ErrorCode.RATE_LIMITED) return "limited";
  return REFUSED.has(code) ? "refused" : "failed";
}
