import { toJson } from "@bufbuild/protobuf";
import { ErrorCode, type ErrorDetail, ErrorDetailSchema } from "@fairlead/contracts/errors/v1/error";
import { toErrorAnswer as toAnthropic } from "@fairlead/dialects/anthropic/error-body";
import { type ErrorAnswer, toErrorHeaders } from "@fairlead/dialects/error-answer";
import { httpStatus } from "@fairlead/dialects/http-status";
import { toErrorAnswer as toOpenAi } from "@fairlead/dialects/openai/error-body";
import { asFairleadError, failure } from "@fairlead/rpc/fairlead-error";
import { BodyRefused } from "./read-json.ts";
import type { ErrorForm } from "./router-table.ts";

/** Anything thrown, as an answer in the form that a route's callers expect. */
export function toErrorAnswer(thrown: unknown, form: ErrorForm, requestId: string): ErrorAnswer<unknown> {
  if (!(thrown instanceof BodyRefused)) return inForm(namedDetail(thrown, requestId), form);
  const { field, description, rule, status } = thrown;
  const error = failure(ErrorCode.INVALID_REQUEST, thrown.message, { violations: [{ field, description, rule }] });
  return { ...inForm(namedDetail(error, requestId), form), status };
}

/** What is known of a failure, with the request's name where it failed before it was told one. */
export function namedDetail(thrown: unknown, requestId: string): ErrorDetail {
  const { detail } = asFairleadError(thrown);
  return detail.requestId === "" ? { ...detail, requestId } : detail;
}

function inForm(detail: ErrorDetail, form: ErrorForm): ErrorAnswer<unknown> {
  if (form === "openai") return toOpenAi(detail);
  if (form === "anthropic") return toAnthropic(detail);
  return { status: httpStatus(detail.code), headers: toErrorHeaders(detail), body: { error: toJson(ErrorDetailSchema, detail) } };
}
