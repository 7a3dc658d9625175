import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { UnknownField } from "@fairlead/contracts/chat/v1/content";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import type { ErrorDetail } from "@fairlead/contracts/errors/v1/error";
import type { RouteReport } from "@fairlead/contracts/routing/v1/route_report";
import { brokenStream } from "../broken-stream.ts";
import { LeftOutSteps } from "../left-out.ts";
import { toReportExtension } from "../report-extension.ts";
import type { AnswerFacts } from "./answer-facts.ts";
import { AnswerFields } from "./answer-fields.ts";
import { ContentWriter } from "./content-writer.ts";
import { toErrorBody } from "./error-body.ts";
import { ANTHROPIC_MESSAGES } from "./home.ts";
import { type Started, toMessageDelta, toMessageStart } from "./message-events.ts";
import { sseEvent } from "./sse-event.ts";
import { type StopBody, toStopBody } from "./stop-reason.ts";

/**
 * Writes a streamed answer as the named server-sent events of Anthropic's Messages. Each method returns the text to
 * send, which may be empty. Of several choices the first is written, because Anthropic has one.
 */
export class EventEncoder {
  readonly #facts: AnswerFacts;
  readonly #content = new ContentWriter();
  readonly #fields = new AnswerFields();
  readonly #leftOut = new LeftOutSteps(ANTHROPIC_MESSAGES);
  #begun = false;
  #said: Started = { id: "", model: "" };
  #stop: StopBody | undefined;
  #refused = false;
  #usage: TokenUsage | undefined;
  #report: RouteReport | undefined;
  #ended = false;

  constructor(facts: AnswerFacts) {
    this.#facts = facts;
  }

  /**
   * Steps that arrived together.
   *
   * @param report what is known by now of how the answer is made
   */
  encode(deltas: readonly ChatDelta[], report?: RouteReport): string {
    if (this.#ended) return "";
    this.#report = report ?? this.#report;
    this.#content.answeredBy(this.#report?.provider ?? "");
    let events = "";
    for (const delta of deltas) events += this.#encodeOne(delta);
    return events;
  }

  /** The end: message_delta and message_stop; an error event instead when the answer is missing or has no end. */
  end(report?: RouteReport): string {
    if (this.#ended) return "";
    this.#report = report ?? this.#report;
    if (this.#stop === undefined) return this.fail(brokenStream(this.#report));
    this.#ended = true;
    const told = this.#report === undefined ? undefined : toReportExtension(this.#report, undefined, this.#leftOut.entries);
    const messageDelta = toMessageDelta(this.#stop, this.#usage, this.#fields, told);
    return this.#begin() + this.#content.close() + messageDelta + sseEvent("message_stop", {});
  }

  /** A failure after the stream began: an error event, and nothing after it. */
  fail(detail: ErrorDetail): string {
    if (this.#ended) return "";
    this.#ended = true;
    return sseEvent("error", toErrorBody(detail));
  }

  #encodeOne(delta: ChatDelta): string {
    this.#leftOut.see(delta);
    const { choiceIndex, step } = delta;
    if (choiceIndex !== 0) return "";
    switch (step.case) {
      case "started":
        this.#said = step.value;
        return this.#begin();
      case "usage":
        this.#usage = step.value;
        return "";
      case "finished":
        this.#stop = toStopBody(step.value.reason, step.value.rawReason, this.#refused);
        return this.#begin() + this.#content.close();
      case "extraField":
        return this.#field(step.value);
      case "adaptation":
      case undefined:
        return "";
      default:
        return this.#begin() + this.#write(step);
    }
  }

  #write(step: ChatDelta["step"]): string {
    switch (step.case) {
      case "text":
        return this.#content.text(step.value);
      case "refusal":
        this.#refused = true;
        return this.#content.text(step.value);
      case "reasoning":
        return this.#content.reasoning(step.value);
      case "reasoningSealed":
        return this.#content.sealed(step.value);
      case "toolCallStarted":
        return this.#content.toolCall(step.value);
      case "toolCallArguments":
        return this.#content.toolArguments(step.value.index, step.value.fragment);
      case "part":
        this.#refused ||= step.value.content.case === "refusal";
        return this.#content.part(step.value);
      default:
        return "";
    }
  }

  #field(field: UnknownField): string {
    const events = this.#content.blockField(field);
    if (events !== undefined) return events === "" ? "" : this.#begin() + events;
    this.#fields.add(field);
    return "";
  }

  /** message_start goes out once, with the first thing that is known. */
  #begin(): string {
    if (this.#begun) return "";
    this.#begun = true;
    return toMessageStart(this.#said, this.#facts, this.#report?.decision?.analysis?.inputTokens ?? 0);
  }
}
