import { jsonReply, type WholeReply, withHeaders } from "../http/reply.ts";
import { AT_ONCE } from "../models/answer-settings.ts";
import { Refusal, type RefusalKind } from "../refusal.ts";

interface Shape {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
}

const SHAPES: Readonly<Record<RefusalKind, Shape>> = {
  invalid: { status: 400, type: "invalid_request_error", code: null },
  unauthenticated: { status: 401, type: "invalid_request_error", code: null },
  forbidden: { status: 403, type: "invalid_request_error", code: "unsupported_country_region_territory" },
  not_found: { status: 404, type: "invalid_request_error", code: null },
  unknown_model: { status: 404, type: "invalid_request_error", code: "model_not_found" },
  context_exceeded: { status: 400, type: "invalid_request_error", code: "context_length_exceeded" },
  too_large: { status: 413, type: "invalid_request_error", code: null },
  rate_limited: { status: 429, type: "requests", code: "rate_limit_exceeded" },
  overloaded: { status: 503, type: "server_error", code: null },
  server: { status: 500, type: "server_error", code: null },
};

/** The error object of OpenAI. */
export function errorObject(refusal: Refusal): object {
  const { type, code } = SHAPES[refusal.kind];
  return { message: refusal.message, type, param: refusal.param ?? null, code: refusal.code ?? code };
}

/** A refusal as OpenAI answers it. */
export function refuse(refusal: Refusal): WholeReply {
  const reply = jsonReply({ error: errorObject(refusal) }, AT_ONCE, refusal.status ?? SHAPES[refusal.kind].status);
  return refusal.retryAfter === undefined ? reply : withHeaders(reply, ["retry-after", String(refusal.retryAfter)]);
}

export function missing(param: string): Refusal {
  return new Refusal("invalid", `Missing required parameter: '${param}'.`, {
    param,
    code: "missing_required_parameter",
  });
}

export function invalidValue(param: string, message: string): Refusal {
  return new Refusal("invalid", message, { param, code: "invalid_value" });
}

/** What ends a stream that fails in the middle. */
export const STREAM_FAILURE = new Refusal(
  "server",
  "The server had an error while processing your request. Sorry about that!",
);
