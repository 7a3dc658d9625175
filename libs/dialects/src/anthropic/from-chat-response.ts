import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import type { GenerateResponse } from "@fairlead/contracts/routing/v1/router_service";
import { type ReportExtension, toReportExtension } from "../report-extension.ts";
import { type AnswerBlock, toAnswerBlock } from "./answer-block.ts";
import { type AnswerFacts, toMessageId } from "./answer-facts.ts";
import { toStopReason } from "./stop-reason.ts";
import { NO_USAGE, toUsageBody, type UsageBody } from "./usage.ts";

/** A Messages answer, with how it was made beside it. */
export interface MessageAnswer {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly AnswerBlock[];
  readonly stop_reason: string;
  /** The contract does not tell which sequence was met. */
  readonly stop_sequence: null;
  readonly usage: UsageBody;
  readonly fairlead?: ReportExtension;
}

/**
 * An answer as a message; of several choices the first, because Anthropic has one.
 *
 * @param facts id for an answer whose provider gave none; an empty model is taken from the report
 */
export function fromChatResponse({ chat, report }: GenerateResponse, facts: AnswerFacts): MessageAnswer {
  const choice = chat?.choices[0];
  const parts = choice?.parts ?? [];
  const refused = parts.some(({ content }) => content.case === "refusal");
  return {
    id: toMessageId(chat?.id ?? "", facts),
    type: "message",
    role: "assistant",
    model: chat?.model || facts.model || (report?.model ?? ""),
    content: parts.flatMap((part) => toAnswerBlock(part, report?.provider ?? "") ?? []),
    stop_reason: toStopReason(choice?.finishReason ?? FinishReason.UNSPECIFIED, choice?.rawFinishReason ?? "", refused),
    stop_sequence: null,
    usage: chat?.usage === undefined ? NO_USAGE : toUsageBody(chat.usage),
    ...(report === undefined ? {} : { fairlead: toReportExtension(report, chat?.adaptations) }),
  };
}
