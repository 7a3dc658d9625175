import { AT_ONCE } from "../models/answer-settings.ts";
import type { Refusal, RefusalKind } from "../refusal.ts";
import { jsonReply, type WholeReply, withHeaders } from "./reply.ts";

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

/**
 * A refusal with the body that its vendor gives it.
 *
 * @param statuses where the vendor's differ from the usual ones
 */
export function replyRefusal(refusal: Refusal, body: object, statuses: Partial<Record<RefusalKind, number>> = {}): WholeReply {
  const status = refusal.status ?? statuses[refusal.kind] ?? STATUS[refusal.kind];
  const reply = jsonReply(body, AT_ONCE, status);
  return refusal.retryAfter === undefined ? reply : withHeaders(reply, ["retry-after", String(refusal.retryAfter)]);
}
