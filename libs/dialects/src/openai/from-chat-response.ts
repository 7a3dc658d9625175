import type { Choice } from "@fairlead/contracts/chat/v1/chat_response";
import type { GenerateResponse } from "@fairlead/contracts/routing/v1/router_service";
import { leftOutOf } from "../left-out.ts";
import { ownFields } from "../own-fields.ts";
import { type ReportExtension, toReportExtension } from "../report-extension.ts";
import { splitByPrefix, withoutWritten } from "./answer-fields.ts";
import { type AnswerFacts, toAnswerHead } from "./answer-head.ts";
import { type AnswerMessage, hasNoPlace, toAnswerMessage } from "./answer-message.ts";
import { MESSAGE_FIELD, OPENAI_CHAT } from "./dialect.ts";
import { type FinishBody, toFinishBody } from "./finish-reason.ts";
import { toUsageBody, type UsageBody } from "./usage.ts";

/** A `chat.completion` object, with how it was made beside it. */
export interface ChatCompletion {
  readonly id: string;
  readonly object: "chat.completion";
  readonly created: number;
  readonly model: string;
  readonly choices: readonly ChatChoice[];
  readonly usage?: UsageBody;
  readonly fairlead?: ReportExtension;
  /** Fields that only this dialect has, such as service_tier. */
  readonly [field: string]: unknown;
}

export interface ChatChoice extends FinishBody {
  readonly index: number;
  readonly message: AnswerMessage;
  readonly logprobs: unknown;
}

const NOTHING_SAID = { id: "", model: "", createdUnixSeconds: 0n };

/**
 * An answer as a chat completion.
 *
 * @param facts id and time for an answer whose provider gave none; an empty model is taken from the report
 */
export function fromChatResponse({ chat, report }: GenerateResponse, facts: AnswerFacts): ChatCompletion {
  const known = facts.model === "" ? { ...facts, model: report?.model ?? "" } : facts;
  const { id, created, model } = toAnswerHead(chat ?? NOTHING_SAID, known);
  return {
    ...withoutWritten(ownFields(chat?.extraFields ?? [], OPENAI_CHAT)),
    id,
    object: "chat.completion",
    created,
    model,
    choices: (chat?.choices ?? []).map((choice) => toChoice(choice, id)),
    ...(chat?.usage === undefined ? {} : { usage: toUsageBody(chat.usage) }),
    ...(report === undefined ? {} : { fairlead: toReportExtension(report, chat?.adaptations, leftOutOf(chat, OPENAI_CHAT, hasNoPlace)) }),
  };
}

function toChoice(choice: Choice, answerId: string): ChatChoice {
  const [ofMessage, ofChoice] = splitByPrefix(ownFields(choice.extraFields, OPENAI_CHAT), MESSAGE_FIELD);
  return {
    index: choice.index,
    message: toAnswerMessage(choice.parts, answerId, ofMessage),
    logprobs: null,
    ...withoutWritten(ofChoice),
    ...toFinishBody(choice.finishReason, choice.rawFinishReason),
  };
}
