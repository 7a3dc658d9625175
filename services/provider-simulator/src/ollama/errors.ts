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

/** A refusal as Ollama answers it: words alone. */
export function refuse({ kind, message, status, retryAfter }: Refusal): WholeReply {
  const reply = jsonReply({ error: message }, AT_ONCE, status ?? STATUS[kind]);
  return retryAfter === undefined ? reply : withHeaders(reply, ["retry-after", String(retryAfter)]);
}

export function invalid(message: string): Refusal {
  return new Refusal("invalid", message);
}
