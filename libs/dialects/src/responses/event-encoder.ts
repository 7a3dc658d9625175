import type { JsonValue } from "@bufbuild/protobuf";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { UnknownField } from "@fairlead/contracts/chat/v1/content";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import type { ErrorDetail } from "@fairlead/contracts/errors/v1/error";
import type { RouteReport } from "@fairlead/contracts/routing/v1/route_report";
import { brokenStream } from "../broken-stream.ts";
import { LeftOutSteps } from "../left-out.ts";
import { toErrorBody } from "../openai/error-body.ts";
import { ownField } from "../own-fields.ts";
import { toReportExtension } from "../report-extension.ts";
import { type AnswerNames, nameAnswer } from "./answer-names.ts";
import { ANSWER_FIELD, OPENAI_RESPONSES } from "./dialect.ts";
import { EventSequence } from "./event-sequence.ts";
import type { AnswerFacts } from "./from-chat-response.ts";
import { hasNoPlace } from "./output-item.ts";
import { OutputWriter } from "./output-writer.ts";
import { toSettings, withoutOwn } from "./response-settings.ts";
import { type StatusBody, toStatus } from "./status.ts";
import type { ResponsesCall } from "./to-chat-request.ts";
import { toUsageBody } from "./usage.ts";

/**
 * Writes a streamed answer as the events of the Responses API. Each method returns the text to send, which may be empty.
 * Of several choices the first is written. The first event waits for content, because the id of the answer tells who
 * keeps it; the last comes with the end, because it tells how the answer was made.
 */
export class ResponseEncoder {
  readonly #facts: AnswerFacts;
  readonly #call: ResponsesCall;
  readonly #sequence = new EventSequence();
  readonly #leftOut = new LeftOutSteps(OPENAI_RESPONSES, hasNoPlace);
  readonly #fields: Record<string, JsonValue> = {};
  #said = { id: "", model: "", createdUnixSeconds: 0n };
  #writer: OutputWriter | undefined;
  #head: Readonly<Record<string, unknown>> = {};
  #status: StatusBody | undefined;
  #usage: TokenUsage | undefined;
  #report: RouteReport | undefined;
  #ended = false;

  constructor(facts: AnswerFacts, call: ResponsesCall) {
    this.#facts = facts;
    this.#call = call;
  }

  /**
   * Steps that arrived together.
   *
   * @param report what is known by now of how the answer is made
   */
  encode(deltas: readonly ChatDelta[], report?: RouteReport): string {
    if (this.#ended) return "";
    this.#report = report ?? this.#report;
    let events = "";
    for (const delta of deltas) if (delta.choiceIndex === 0) events += this.#encodeOne(delta);
    return events;
  }

  /** The end: the whole answer; an error event instead when it is missing or has no end. */
  end(report?: RouteReport): string {
    if (this.#ended) return "";
    this.#report = report ?? this.#report;
    const status = this.#status;
    if (status === undefined) return this.fail(brokenStream(this.#report));
    this.#ended = true;
    const { events: begun, writer } = this.#begin();
    const closing = writer.finish(status.status, this.#report?.provider ?? "");
    const response = {
      ...this.#head,
      ...status,
      output: writer.items,
      ...withoutOwn(this.#fields),
      usage: this.#usage === undefined ? null : toUsageBody(this.#usage),
      ...(this.#report === undefined ? {} : { fairlead: toReportExtension(this.#report, undefined, this.#leftOut.entries) }),
    };
    return begun + closing + this.#sequence.event(`response.${status.status}`, { response });
  }

  /** A failure after the stream began: an error event, which clients throw, and nothing after it. */
  fail(detail: ErrorDetail): string {
    if (this.#ended) return "";
    this.#ended = true;
    const { code, message, param, fairlead } = toErrorBody(detail).error;
    return this.#sequence.event("error", { code, message, param, fairlead });
  }

  #encodeOne(delta: ChatDelta): string {
    this.#leftOut.see(delta);
    const { step } = delta;
    switch (step.case) {
      case "started":
        this.#said = step.value;
        return "";
      case "usage":
        this.#usage = step.value;
        return "";
      case "finished":
        this.#status = toStatus(step.value.reason, step.value.rawReason);
        return "";
      case "adaptation":
      case undefined:
        return "";
      case "extraField":
        if (this.#keeps(step.value) || this.#writer === undefined) return "";
        return this.#writer.write(step, this.#report?.provider ?? "");
      default: {
        const { events, writer } = this.#begin();
        return events + writer.write(step, this.#report?.provider ?? "");
      }
    }
  }

  /** Keeps a field of the answer; any other field belongs to what is being said. */
  #keeps(field: UnknownField): boolean {
    if (!field.name.startsWith(ANSWER_FIELD)) return false;
    const value = ownField(field, OPENAI_RESPONSES);
    if (value !== undefined) this.#fields[field.name.slice(ANSWER_FIELD.length)] = value;
    return true;
  }

  #begin(): { readonly events: string; readonly writer: OutputWriter } {
    if (this.#writer !== undefined) return { events: "", writer: this.#writer };
    const names = nameAnswer(this.#said.id, this.#facts, this.#call.body, this.#fields, this.#report);
    const writer = new OutputWriter(this.#sequence, names);
    this.#writer = writer;
    this.#head = this.#toHead(names);
    const response = { ...this.#head, ...withoutOwn(this.#fields) };
    const created = this.#sequence.event("response.created", { response });
    return { events: created + this.#sequence.event("response.in_progress", { response }), writer };
  }

  #toHead({ id, kept }: AnswerNames): Readonly<Record<string, unknown>> {
    return {
      id,
      object: "response",
      created_at: Number(this.#said.createdUnixSeconds) || this.#facts.created,
      status: "in_progress",
      incomplete_details: null,
      error: null,
      model: this.#said.model || this.#facts.model || (this.#report?.model ?? ""),
      output: [],
      ...toSettings(this.#call.body),
      store: kept,
      usage: null,
    };
  }
}
