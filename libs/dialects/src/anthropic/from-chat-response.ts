import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import type { GenerateResponse } from "@fairlead/contracts/routing/v1/router_service";
import { leftOutOf } from "../left-out.ts";
import { type ReportExtension, toReportExtension } from "../report-extension.ts";
import { type AnswerBlock, toAnswerBlock } from "./answer-block.ts";
import { type AnswerFacts, toMessageId } from "./answer-facts.ts";
import { AnswerFields } from "./answer-fields.ts";
import { ANTHROPIC_MESSAGES } from "./home.ts";
import { type StopBody, toStopBody } from "./stop-reason.ts";
import { NO_USAGE, toUsageBody, type UsageBody } from "./usage.ts";

/** A Messages answer, with how it was made beside it, and what else its provider says of it. */
export interface MessageAnswer extends StopBody {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly AnswerBlock[];
  /** Null where none was met, or the provider does not tell which. */
  readonly stop_sequence: string | null;
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
  const fields = new AnswerFields();
  for (const field of chat?.extraFields ?? []) fields.add(field);
  for (const field of choice?.extraFields ?? []) fields.add(field);
  const refused = parts.some(({ content }) => content.case === "refusal");
  return {
    id: toMessageId(chat?.id ?? "", facts),
    type: "message",
    role: "assistant",
    model: chat?.model || facts.model || (report?.model ?? ""),
    content: parts.flatMap((part) => toAnswerBlock(part, report?.provider ?? "") ?? []),
    ...toStopBody(choice?.finishReason ?? FinishReason.UNSPECIFIED, choice?.rawFinishReason ?? "", refused),
    ...(fields.message as Pick<MessageAnswer, "stop_sequence">),
    usage: fields.withUsage(chat?.usage === undefined ? NO_USAGE : toUsageBody(chat.usage)),
    ...(report === undefined ? {} : { fairlead: toReportExtension(report, chat?.adaptations, leftOutOf(chat, ANTHROPIC_MESSAGES)) }),
  };
}
