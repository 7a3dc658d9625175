import { replyRefusal } from "../http/reply-refusal.ts";
import type { WholeReply } from "../http/reply.ts";
import { Refusal } from "../refusal.ts";

/** A refusal as Ollama answers it: words alone. */
export function refuse(refusal: Refusal): WholeReply {
  return replyRefusal(refusal, { error: refusal.message });
}

export function invalid(message: string): Refusal {
  return new Refusal("invalid", message);
}
