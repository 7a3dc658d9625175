import type { AnswerStarted } from "@fairlead/contracts/chat/v1/chat_delta";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import type { ReportExtension } from "../report-extension.ts";
import { type AnswerFacts, toMessageId } from "./answer-facts.ts";
import type { AnswerFields } from "./answer-fields.ts";
import { sseEvent } from "./sse-event.ts";
import type { StopBody } from "./stop-reason.ts";
import { NO_USAGE, toUsageBody } from "./usage.ts";

/** What the provider said when it began to answer. */
export type Started = Pick<AnswerStarted, "id" | "model" | "promptUsage">;

/**
 * The event that begins a message. What was used is told at the end, but some clients look for the prompt's tokens here.
 *
 * @param expectedInput tokens that the prompt probably has, for providers that do not tell before they answer
 */
export function toMessageStart(said: Started, facts: AnswerFacts, expectedInput: number): string {
  const message = {
    id: toMessageId(said.id, facts),
    type: "message",
    role: "assistant",
    model: said.model || facts.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: said.promptUsage === undefined ? { ...NO_USAGE, input_tokens: expectedInput, estimated: true } : { ...toUsageBody(said.promptUsage), output_tokens: 0 },
  };
  return sseEvent("message_start", { message });
}

/** The event that tells how a message ended, what it used, and how it was made. */
export function toMessageDelta(
  stop: StopBody,
  usage: TokenUsage | undefined,
  fields: AnswerFields,
  report: ReportExtension | undefined,
): string {
  const { context_management: context, ...message } = fields.message;
  return sseEvent("message_delta", {
    delta: { ...stop, ...message },
    usage: fields.withUsage(usage === undefined ? NO_USAGE : toUsageBody(usage)),
    ...(context === undefined ? {} : { context_management: context }),
    ...(report === undefined ? {} : { fairlead: report }),
  });
}
