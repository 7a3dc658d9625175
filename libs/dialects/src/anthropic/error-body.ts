import { ErrorCode, type ErrorDetail } from "@fairlead/contracts/errors/v1/error";
import {
  type ErrorAnswer,
  type ErrorExtension,
  toCallerMessage,
  toErrorExtension,
  toErrorHeaders,
} from "../error-answer.ts";
import { httpStatus } from "../http-status.ts";

/** An error as Anthropic writes it. */
export interface ErrorBody {
  readonly type: "error";
  readonly error: { readonly type: string; readonly message: string; readonly fairlead: ErrorExtension };
  readonly request_id: string | null;
}

/** Anthropic's own status for being overloaded, which its clients know. */
const OVERLOADED = 529;

/** The rule that a body breaks that is larger than the edge takes. */
const TOO_LARGE = "fairlead.size";

const TYPES_BY_CODE: ReadonlyMap<ErrorCode, string> = new Map([
  [ErrorCode.OVERLOADED, "overloaded_error"],
  [ErrorCode.TIMEOUT, "timeout_error"],
]);

const TYPES_BY_STATUS: ReadonlyMap<number, string> = new Map([
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [429, "rate_limit_error"],
]);

/** A failure as an answer of Anthropic's API. */
export function toErrorAnswer(detail: ErrorDetail): ErrorAnswer<ErrorBody> {
  const status = detail.code === ErrorCode.OVERLOADED ? OVERLOADED : httpStatus(detail.code);
  return { status, headers: toErrorHeaders(detail), body: toErrorBody(detail) };
}

/** The body of a failure; in a stream it is the data of an error event. */
export function toErrorBody(detail: ErrorDetail): ErrorBody {
  return {
    type: "error",
    error: { type: toType(detail), message: toCallerMessage(detail), fairlead: toErrorExtension(detail) },
    request_id: detail.requestId === "" ? null : detail.requestId,
  };
}

function toType({ code, violations }: ErrorDetail): string {
  if (violations.some(({ rule }) => rule === TOO_LARGE)) return "request_too_large";
  const status = httpStatus(code);
  const fallback = status < 500 ? "invalid_request_error" : "api_error";
  return TYPES_BY_CODE.get(code) ?? TYPES_BY_STATUS.get(status) ?? fallback;
}
