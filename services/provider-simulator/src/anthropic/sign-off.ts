import { hashText } from "../answer/hash.ts";
import type { Finish } from "../answer/plan-answer.ts";

const STOP_REASONS: Readonly<Record<Finish, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  stop_sequence: "stop_sequence",
  tool_calls: "tool_use",
  refusal: "refusal",
};

/** Anthropic's word for the end of an answer. */
export function stopReason(finish: Finish): string {
  return STOP_REASONS[finish];
}

/** The signature of a thinking block: the same text has the same one. */
export function signThinking(thinking: string): string {
  return Buffer.from(`simulated-signature:${hashText(thinking)}:${thinking.length}`).toString("base64");
}
