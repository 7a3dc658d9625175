import type { ChatDelta, ReasoningSealed } from "@fairlead/contracts/chat/v1/chat_delta";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import type { ErrorDetail } from "@fairlead/contracts/errors/v1/error";
import type { RouteReport } from "@fairlead/contracts/routing/v1/route_report";
import { brokenStream } from "../broken-stream.ts";
import { writeSeal } from "../reasoning-seal.ts";
import { toReportExtension } from "../report-extension.ts";
import { toAnswerBlock } from "./answer-block.ts";
import { type AnswerFacts, toMessageId } from "./answer-facts.ts";
import { BlockWriter } from "./block-writer.ts";
import { toErrorBody } from "./error-body.ts";
import { HOME } from "./home.ts";
import { sseEvent } from "./sse-event.ts";
import { toStopReason } from "./stop-reason.ts";
import { ToolQueue } from "./tool-queue.ts";
import { NO_USAGE, toUsageBody } from "./usage.ts";

/**
 * Writes a streamed answer as the named server-sent events of Anthropic's Messages. Each method returns the text to
 * send, which may be empty. Of several choices the first is written, because Anthropic has one.
 */
export class EventEncoder {
  readonly #facts: AnswerFacts;
  readonly #blocks = new BlockWriter();
  readonly #tools = new ToolQueue(this.#blocks);
  #begun = false;
  #said = { id: "", model: "" };
  #stopReason: string | undefined;
  #refused = false;
  #nextCall = 0;
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
    let events = "";
    for (const delta of deltas) events += this.#encodeOne(delta);
    return events;
  }

  /** The end: message_delta and message_stop; an error event instead when the answer is missing or has no end. */
  end(report?: RouteReport): string {
    if (this.#ended) return "";
    this.#report = report ?? this.#report;
    if (this.#stopReason === undefined) return this.fail(brokenStream(this.#report));
    this.#ended = true;
    const events = this.#begin() + this.#tools.flush() + this.#blocks.close();
    const messageDelta = sseEvent("message_delta", {
      delta: { stop_reason: this.#stopReason, stop_sequence: null },
      usage: this.#usage === undefined ? NO_USAGE : toUsageBody(this.#usage),
      ...(this.#report === undefined ? {} : { fairlead: toReportExtension(this.#report) }),
    });
    return events + messageDelta + sseEvent("message_stop", {});
  }

  /** A failure after the stream began: an error event, and nothing after it. */
  fail(detail: ErrorDetail): string {
    if (this.#ended) return "";
    this.#ended = true;
    return sseEvent("error", toErrorBody(detail));
  }

  #encodeOne({ choiceIndex, step }: ChatDelta): string {
    if (choiceIndex !== 0) return "";
    switch (step.case) {
      case "started":
        this.#said = step.value;
        return this.#begin();
      case "usage":
        this.#usage = step.value;
        return "";
      case "finished":
        this.#stopReason = toStopReason(step.value.reason, step.value.rawReason, this.#refused);
        return this.#begin() + this.#tools.flush() + this.#blocks.close();
      case "adaptation":
      case undefined:
        return "";
      default:
        return this.#begin() + this.#content(step);
    }
  }

  #content(step: ChatDelta["step"]): string {
    switch (step.case) {
      case "text":
        return this.#tools.flush() + this.#blocks.text(step.value);
      case "refusal":
        this.#refused = true;
        return this.#tools.flush() + this.#blocks.text(step.value);
      case "reasoning":
        return this.#tools.flush() + this.#blocks.thinking(step.value);
      case "reasoningSealed":
        return this.#tools.flush() + this.#seal(step.value, "");
      case "toolCallStarted":
        this.#nextCall = Math.max(this.#nextCall, step.value.index + 1);
        return this.#tools.start(step.value.index, step.value.id, step.value.name);
      case "toolCallArguments":
        return this.#tools.fragment(step.value.index, step.value.fragment);
      case "part":
        return this.#whole(step.value);
      default:
        return "";
    }
  }

  #seal({ signature, redacted }: Pick<ReasoningSealed, "signature" | "redacted">, provider: string): string {
    const seal = writeSeal(provider || (this.#report?.provider ?? ""), signature, HOME);
    if (redacted && this.#blocks.openKind !== "thinking")
      return this.#blocks.whole({ type: "redacted_thinking", data: seal });
    return this.#blocks.signature(seal);
  }

  #whole(part: Part): string {
    const { content } = part;
    switch (content.case) {
      case "text":
      case "refusal":
        return this.#content({ case: content.case, value: content.value.text });
      case "reasoning":
        return (
          this.#tools.flush() +
          this.#blocks.thinking(content.value.text) +
          this.#seal(content.value, content.value.provider)
        );
      case "toolCall": {
        const { id, name, argumentsJson } = content.value;
        const index = this.#nextCall++;
        return this.#tools.start(index, id, name) + this.#tools.fragment(index, argumentsJson);
      }
      default: {
        const block = toAnswerBlock(part, this.#report?.provider ?? "");
        return block === undefined ? "" : this.#tools.flush() + this.#blocks.whole(block);
      }
    }
  }

  /** message_start goes out once, with the first thing that is known. What was used is told at the end. */
  #begin(): string {
    if (this.#begun) return "";
    this.#begun = true;
    const message = {
      id: toMessageId(this.#said.id, this.#facts),
      type: "message",
      role: "assistant",
      model: this.#said.model || this.#facts.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: NO_USAGE,
    };
    return sseEvent("message_start", { message });
  }
}
