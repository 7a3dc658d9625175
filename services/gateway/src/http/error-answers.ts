import { toJson } from "@bufbuild/protobuf";
import { ErrorCode, ErrorDetailSchema } from "@fairlead/contracts/errors/v1/error";
import { toErrorAnswer as toAnthropic } from "@fairlead/dialects/anthropic/error-body";
import { type ErrorAnswer, toErrorHeaders } from "@fairlead/dialects/error-answer";
import { httpStatus } from "@fairlead/dialects/http-status";
import { toErrorAnswer as toOpenAi } from "@fairlead/dialects/openai/error-body";
import { asFairleadError, type FairleadError, failure } from "@fairlead/rpc/fairlead-error";
import { BodyTooLarge } from "./read-json.ts";
import type { ErrorForm } from "./router-table.ts";

/** Anything thrown, as an answer in the form that a route's callers expect. */
export function toErrorAnswer(thrown: unknown, form: ErrorForm): ErrorAnswer<unknown> {
  const error = thrown instanceof BodyTooLarge ? tooLarge(thrown) : asFairleadError(thrown);
  const answer = inForm(error, form);
  return thrown instanceof BodyTooLarge ? { ...answer, status: 413 } : answer;
}

function inForm({ detail }: FairleadError, form: ErrorForm): ErrorAnswer<unknown> {
  if (form === "openai") return toOpenAi(detail);
  if (form === "anthropic") return toAnthropic(detail);
  return { status: httpStatus(detail.code), headers: toErrorHeaders(detail), body: { error: toJson(ErrorDetailSchema, detail) } };
}

function tooLarge({ limit, message }: BodyTooLarge): FairleadError {
  const violations = [{ field: "body", description: `must be at most ${limit} bytes`, rule: "fairlead.size" }];
  return failure(ErrorCode.INVALID_REQUEST, message, { violations });
}
