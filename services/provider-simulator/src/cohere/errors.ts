import { replyRefusal } from "../http/reply-refusal.ts";
import type { WholeReply } from "../http/reply.ts";
import { Refusal } from "../refusal.ts";

/** A refusal as Cohere answers it: words and, for some, a name. */
export function refuse(refusal: Refusal, requestId: string): WholeReply {
  const { code, message } = refusal;
  return replyRefusal(refusal, { ...(code === undefined ? {} : { error_type: code }), id: requestId, message });
}

export function invalid(message: string): Refusal {
  return new Refusal("invalid", `invalid request: ${message}`);
}

/** The refusal of what holds more tokens than the model takes. */
export function tooManyTokens(message: string): Refusal {
  return new Refusal("context_exceeded", `too many tokens: ${message}`, { code: "TOO_MANY_TOKENS" });
}
