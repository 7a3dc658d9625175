import { jsonReply, type WholeReply, withHeaders } from "../http/reply.ts";
import { AT_ONCE } from "../models/answer-settings.ts";
import { Refusal, type RefusalKind } from "../refusal.ts";

const SHAPES: Readonly<Record<RefusalKind, { readonly status: number; readonly type: string }>> = {
  invalid: { status: 400, type: "invalid_request_error" },
  unauthenticated: { status: 401, type: "authentication_error" },
  forbidden: { status: 403, type: "permission_error" },
  not_found: { status: 404, type: "not_found_error" },
  unknown_model: { status: 404, type: "not_found_error" },
  context_exceeded: { status: 400, type: "invalid_request_error" },
  too_large: { status: 413, type: "request_too_large" },
  rate_limited: { status: 429, type: "rate_limit_error" },
  overloaded: { status: 529, type: "overloaded_error" },
  server: { status: 500, type: "api_error" },
};

/** The error object of Anthropic. */
export function errorObject(refusal: Refusal, requestId: string): object {
  const { type } = SHAPES[refusal.kind];
  return { type: "error", error: { type, message: refusal.message }, request_id: requestId };
}

/** A refusal as Anthropic answers it. */
export function refuse(refusal: Refusal, requestId: string): WholeReply {
  const { status } = SHAPES[refusal.kind];
  const reply = jsonReply(errorObject(refusal, `req_${requestId}`), AT_ONCE, refusal.status ?? status);
  return refusal.retryAfter === undefined ? reply : withHeaders(reply, ["retry-after", String(refusal.retryAfter)]);
}

export function invalid(message: string): Refusal {
  return new Refusal("invalid", message);
}

/** What ends a stream that fails in the middle. */
export const STREAM_FAILURE = new Refusal("overloaded", "Overloaded");
