import type { GenerateResponse } from "@fairlead/contracts/routing/v1/router_service";
import { leftOutOf } from "../left-out.ts";
import { ownFields } from "../own-fields.ts";
import { type ReportExtension, toReportExtension } from "../report-extension.ts";
import { nameAnswer } from "./answer-names.ts";
import { OPENAI_RESPONSES } from "./dialect.ts";
import { toSettings, withoutOwn } from "./response-settings.ts";
import { type StatusBody, toStatus } from "./status.ts";
import type { ResponsesCall } from "./to-chat-request.ts";
import { hasNoPlace, type OutputItem } from "./output-item.ts";
import { toOutput } from "./to-output.ts";
import { toUsageBody, type UsageBody } from "./usage.ts";

/** What is said of an answer where its provider says nothing. */
export interface AnswerFacts {
  /** Unique name without a prefix, for example the id of the request. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Model, as the provider names it. */
  readonly model: string;
}

/** A `response` object, with how it was made beside it; its other fields repeat the settings of the request. */
export interface ResponseBody extends StatusBody {
  readonly id: string;
  readonly object: "response";
  readonly created_at: number;
  readonly model: string;
  readonly error: null;
  readonly output: readonly OutputItem[];
  readonly usage: UsageBody | null;
  readonly store: boolean;
  readonly fairlead?: ReportExtension;
  readonly [setting: string]: unknown;
}

/**
 * An answer as a response. Of several choices the first is written, because the Responses API has one.
 *
 * @param facts id and time for an answer whose provider gave none; an empty model is taken from the report
 */
export function fromChatResponse({ chat, report }: GenerateResponse, facts: AnswerFacts, { body }: ResponsesCall): ResponseBody {
  const fields = ownFields(chat?.extraFields ?? [], OPENAI_RESPONSES);
  const names = nameAnswer(chat?.id ?? "", facts, body, fields, report);
  const choice = chat?.choices[0];
  const status = toStatus(choice?.finishReason ?? 0, choice?.rawFinishReason ?? "");
  const incomplete = status.status === "incomplete";
  const leftOut = leftOutOf(chat, OPENAI_RESPONSES, hasNoPlace);
  return {
    id: names.id,
    object: "response",
    created_at: Number(chat?.createdUnixSeconds ?? 0n) || facts.created,
    ...status,
    error: null,
    model: chat?.model || facts.model || (report?.model ?? ""),
    output: choice === undefined ? [] : toOutput(choice, { names, provider: report?.provider ?? "", incomplete }),
    ...toSettings(body),
    ...withoutOwn(fields),
    store: names.kept,
    usage: chat?.usage === undefined ? null : toUsageBody(chat.usage),
    ...(report === undefined ? {} : { fairlead: toReportExtension(report, chat?.adaptations, leftOut) }),
  };
}
