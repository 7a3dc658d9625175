import { jsonReply, type WholeReply, withHeaders } from "../http/reply.ts";
import { AT_ONCE } from "../models/answer-settings.ts";
import { Refusal, type RefusalKind } from "../refusal.ts";

const SHAPES: Readonly<Record<RefusalKind, { readonly code: number; readonly status: string }>> = {
  invalid: { code: 400, status: "INVALID_ARGUMENT" },
  unauthenticated: { code: 400, status: "INVALID_ARGUMENT" },
  forbidden: { code: 403, status: "PERMISSION_DENIED" },
  not_found: { code: 404, status: "NOT_FOUND" },
  unknown_model: { code: 404, status: "NOT_FOUND" },
  context_exceeded: { code: 400, status: "INVALID_ARGUMENT" },
  too_large: { code: 413, status: "INVALID_ARGUMENT" },
  rate_limited: { code: 429, status: "RESOURCE_EXHAUSTED" },
  overloaded: { code: 503, status: "UNAVAILABLE" },
  server: { code: 500, status: "INTERNAL" },
};

const STATUS_BY_CODE: ReadonlyMap<number, string> = new Map([
  [401, "UNAUTHENTICATED"],
  [409, "ABORTED"],
  [499, "CANCELLED"],
  [501, "UNIMPLEMENTED"],
  [504, "DEADLINE_EXCEEDED"],
]);

/** The error object of Google. */
export function errorObject(refusal: Refusal): object {
  const shape = SHAPES[refusal.kind];
  const code = refusal.status ?? shape.code;
  const details = detailsOf(refusal);
  const error = { code, message: refusal.message, status: STATUS_BY_CODE.get(code) ?? shape.status };
  return { error: details.length === 0 ? error : { ...error, details } };
}

/** A refusal as Google answers it; the wait stands in a `RetryInfo` as well as in a header. */
export function refuse(refusal: Refusal): WholeReply {
  const reply = jsonReply(errorObject(refusal), AT_ONCE, refusal.status ?? SHAPES[refusal.kind].code);
  return refusal.retryAfter === undefined ? reply : withHeaders(reply, ["retry-after", String(refusal.retryAfter)]);
}

export function invalid(message: string): Refusal {
  return new Refusal("invalid", message);
}

/** What ends a stream that fails in the middle. */
export const STREAM_FAILURE = new Refusal("overloaded", "The model is overloaded. Please try again later.");

function detailsOf(refusal: Refusal): readonly object[] {
  if (refusal.retryAfter !== undefined) {
    return [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${refusal.retryAfter}s` }];
  }
  if (refusal.kind !== "unauthenticated" || refusal.status !== undefined) return [];
  const metadata = { service: "generativelanguage.googleapis.com" };
  return [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "API_KEY_INVALID",
      domain: "googleapis.com",
      metadata,
    },
  ];
}
