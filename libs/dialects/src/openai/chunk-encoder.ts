import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { UnknownField } from "@fairlead/contracts/chat/v1/content";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import type { ErrorDetail } from "@fairlead/contracts/errors/v1/error";
import type { RouteReport } from "@fairlead/contracts/routing/v1/route_report";
import { brokenStream } from "../broken-stream.ts";
import { LeftOutSteps } from "../left-out.ts";
import { type Fields, ownField } from "../own-fields.ts";
import { toReportExtension } from "../report-extension.ts";
import { withoutWritten } from "./answer-fields.ts";
import { type AnswerFacts, toAnswerHead } from "./answer-head.ts";
import { hasNoPlace } from "./answer-message.ts";
import { ChunkChoice } from "./chunk-choice.ts";
import { CHUNK_FIELD, OPENAI_CHAT } from "./dialect.ts";
import { toErrorBody } from "./error-body.ts";
import { toUsageBody } from "./usage.ts";

/** How a stream is to be written. */
export interface ChunkEncoderOptions extends AnswerFacts {
  /** True when the caller asked for a last chunk that tells what was used. */
  readonly includeUsage: boolean;
}

const NOTHING_SAID = { id: "", model: "", createdUnixSeconds: 0n };

/**
 * Writes a streamed answer as server-sent events of `chat.completion.chunk` objects. Each method returns the text to
 * send, which may be empty. Last chunks are held back until the end, because the very last tells how the answer was
 * made; so a stream that breaks never claims to be finished.
 */
export class ChunkEncoder {
  readonly #options: ChunkEncoderOptions;
  readonly #choices = new Map<number, ChunkChoice>();
  readonly #leftOut = new LeftOutSteps(OPENAI_CHAT, hasNoPlace);
  #said = NOTHING_SAID;
  #fields: Fields = {};
  #answerId = "";
  #head = "";
  #usage: TokenUsage | undefined;
  #report: RouteReport | undefined;
  #ended = false;

  constructor(options: ChunkEncoderOptions) {
    this.#options = options;
    this.#begin();
  }

  /**
   * Steps that arrived together.
   *
   * @param report what is known by now of how the answer is made
   */
  encode(deltas: readonly ChatDelta[], report?: RouteReport): string {
    if (this.#ended) return "";
    this.#report = report ?? this.#report;
    let frames = "";
    for (const delta of deltas) frames += this.#encodeOne(delta);
    return frames;
  }

  /** The end: last chunks and `[DONE]`; an error event instead when no answer came or one has no end. */
  end(report?: RouteReport): string {
    if (this.#ended) return "";
    this.#report = report ?? this.#report;
    const choices = [...this.#choices.values()];
    if (choices.length === 0 || choices.some(({ finish }) => finish === undefined)) {
      return this.fail(brokenStream(this.#report));
    }
    this.#ended = true;
    return `${this.#lastChunks(choices)}data: [DONE]\n\n`;
  }

  /** A failure after the stream began: an error event, and nothing after it. */
  fail(detail: ErrorDetail): string {
    if (this.#ended) return "";
    this.#ended = true;
    return `data: ${JSON.stringify(toErrorBody(detail))}\n\n`;
  }

  #encodeOne(delta: ChatDelta): string {
    this.#leftOut.see(delta);
    const { choiceIndex, step } = delta;
    switch (step.case) {
      case "started":
        this.#said = step.value;
        this.#begin();
        return "";
      case "usage":
        this.#usage = step.value;
        return "";
      case "adaptation":
      case undefined:
        return "";
      case "extraField":
        if (step.value.name.startsWith(CHUNK_FIELD)) return this.#keepField(step.value);
        return this.#choice(choiceIndex).encode(step, this.#head, this.#report?.provider ?? "");
      default:
        return this.#choice(choiceIndex).encode(step, this.#head, this.#report?.provider ?? "");
    }
  }

  #choice(index: number): ChunkChoice {
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      choice = new ChunkChoice(index, this.#answerId, this.#options.includeUsage);
      this.#choices.set(index, choice);
    }
    return choice;
  }

  /** A field of all chunks goes into those that follow. */
  #keepField(field: UnknownField): string {
    const value = ownField(field, OPENAI_CHAT);
    if (value !== undefined) this.#fields = { ...this.#fields, ...withoutWritten({ [field.name.slice(CHUNK_FIELD.length)]: value }) };
    this.#begin();
    return "";
  }

  #begin(): void {
    const { id, created, model } = toAnswerHead(this.#said, this.#options);
    this.#answerId = id;
    const head = JSON.stringify({ ...this.#fields, id, object: "chat.completion.chunk", created, model });
    this.#head = `data: ${head.slice(0, -1)},"choices":[`;
  }

  #lastChunks(choices: readonly ChunkChoice[]): string {
    const extension =
      this.#report === undefined ? "" : `,"fairlead":${JSON.stringify(toReportExtension(this.#report, undefined, this.#leftOut.entries))}`;
    const { includeUsage } = this.#options;
    let frames = "";
    for (const [position, choice] of choices.entries()) {
      const isLast = position === choices.length - 1;
      frames += choice.lastFrame(this.#head, this.#report?.provider ?? "", includeUsage ? ',"usage":null' : isLast ? extension : "");
    }
    if (!includeUsage) return frames;
    const usage = this.#usage === undefined ? "null" : JSON.stringify(toUsageBody(this.#usage));
    return `${frames}${this.#head}],"usage":${usage}${extension}}\n\n`;
  }
}
