import { ErrorCode, type ErrorDetail } from "@fairlead/contracts/errors/v1/error";
import {
  type ErrorAnswer,
  type ErrorExtension,
  toCallerMessage,
  toErrorExtension,
  toErrorHeaders,
} from "../error-answer.ts";
import { toCallerPath } from "../field-path.ts";
import { httpStatus } from "../http-status.ts";
import { errorWord } from "../report-words.ts";

/** An error as OpenAI writes it. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: string;
    /** The field at fault, where there is one. */
    readonly param: string | null;
    readonly fairlead: ErrorExtension;
  };
}

/** Where OpenAI has a word of its own. */
const CODES: ReadonlyMap<ErrorCode, string> = new Map([
  [ErrorCode.UNAUTHENTICATED, "invalid_api_key"],
  [ErrorCode.RATE_LIMITED, "rate_limit_exceeded"],
  [ErrorCode.CONTENT_REFUSED, "content_policy_violation"],
]);

const TYPES: ReadonlyMap<ErrorCode, string> = new Map([
  [ErrorCode.UNAUTHENTICATED, "authentication_error"],
  [ErrorCode.PERMISSION_DENIED, "permission_error"],
  [ErrorCode.RATE_LIMITED, "rate_limit_error"],
  [ErrorCode.BUDGET_EXCEEDED, "insufficient_quota"],
  [ErrorCode.OVERLOADED, "overloaded_error"],
  [ErrorCode.TIMEOUT, "timeout_error"],
]);

/** A failure as an answer of OpenAI's API. */
export function toErrorAnswer(detail: ErrorDetail): ErrorAnswer<ErrorBody> {
  return { status: httpStatus(detail.code), headers: toErrorHeaders(detail), body: toErrorBody(detail) };
}

/** The body of a failure; in a stream it is an event. */
export function toErrorBody(detail: ErrorDetail): ErrorBody {
  const field = toCallerPath(detail.violations[0]?.field ?? "");
  return {
    error: {
      message: toCallerMessage(detail),
      type: TYPES.get(detail.code) ?? (httpStatus(detail.code) < 500 ? "invalid_request_error" : "server_error"),
      code: CODES.get(detail.code) ?? errorWord(detail.code),
      param: field === "" ? null : field,
      fairlead: toErrorExtension(detail),
    },
  };
}
