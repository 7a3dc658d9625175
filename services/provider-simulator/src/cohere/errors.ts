import { jsonReply, type WholeReply, withHeaders } from "../http/reply.ts";
import { AT_ONCE } from "../models/answer-settings.ts";
import { Refusal, type RefusalKind } from "../refusal.ts";

const STATUS: Readonly<Record<RefusalKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  unknown_model: 404,
  context_exceeded: 400,
  too_large: 413,
  rate_limited: 429,
  overloaded: 503,
  server: 500,
};

/** A refusal as Cohere answers it: words and, for some, a name. */
export function refuse({ kind, message, status, code, retryAfter }: Refusal, requestId: string): WholeReply {
  const body = { ...(code === undefined ? {} : { error_type: code }), id: requestId, message };
  const reply = jsonReply(body, AT_ONCE, status ?? STATUS[kind]);
  return retryAfter === undefined ? reply : withHeaders(reply, ["retry-after", String(retryAfter)]);
}

export function invalid(message: string): Refusal {
  return new Refusal("invalid", `invalid request: ${message}`);
}

/** The refusal of what holds more tokens than the model takes. */
export function tooManyTokens(message: string): Refusal {
  return new Refusal("context_exceeded", `too many tokens: ${message}`, { code: "TOO_MANY_TOKENS" });
}
