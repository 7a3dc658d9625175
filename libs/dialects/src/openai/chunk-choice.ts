import type {
  ChatDelta,
  ReasoningSealed,
  ToolCallArguments,
  ToolCallStarted,
} from "@fairlead/contracts/chat/v1/chat_delta";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { toAudioBody, toImageBody } from "./answer-media.ts";
import { toReasoningDetail, toToolCallBody } from "./answer-message.ts";
import { type FinishBody, toFinishBody } from "./finish-reason.ts";

/** A step that belongs to a choice. */
export type ChoiceStep = Exclude<ChatDelta["step"], { case: "started" | "usage" | "adaptation" | undefined }>;

/** Steps that are content, or with which a null content goes. */
const PAYS_CONTENT: ReadonlySet<string> = new Set(["text", "refusal", "toolCallStarted", "part"]);

/** Writes the chunks of one choice of a stream. */
export class ChunkChoice {
  readonly #index: number;
  readonly #answerId: string;
  readonly #tail: string;
  readonly #contentHead: string;
  #opened = false;
  /** True while the content is null and nothing has come that a null content goes with. */
  #owesContent = false;
  /** The reasoning part that is open; its seal repeats it. */
  #reasoning = "";
  #seals = 0;
  #calls = 0;
  readonly #callsWithoutArguments = new Set<number>();
  /** Why the choice ended; undefined while it has not. */
  finish: FinishBody | undefined;

  constructor(index: number, answerId: string, includeUsage: boolean) {
    this.#index = index;
    this.#answerId = answerId;
    this.#tail = `},"finish_reason":null}]${includeUsage ? ',"usage":null' : ""}}\n\n`;
    this.#contentHead = `{"index":${index},"delta":{"content":`;
  }

  /**
   * The frames of a step, the first with the role before it.
   *
   * @param head     what every chunk begins with
   * @param provider who answers, as far as known
   */
  encode(step: ChoiceStep, head: string, provider: string): string {
    const role = this.#opened ? "" : this.#open(step, head);
    if (this.#owesContent && PAYS_CONTENT.has(step.case)) this.#owesContent = false;
    if (step.case === "text") return role + head + this.#contentHead + JSON.stringify(step.value) + this.#tail;
    return (
      role +
      this.#deltasOf(step, provider)
        .map((delta) => this.#frame(head, delta))
        .join("")
    );
  }

  /** The chunk that ends the choice. @param fields more of the chunk as JSON, each after a comma */
  lastFrame(head: string, fields: string): string {
    const calls = [...this.#callsWithoutArguments]
      .map((index) => this.#frame(head, argumentsDelta(index, "{}")))
      .join("");
    const reason = JSON.stringify(this.finish ?? {}).slice(1, -1);
    const delta = this.#owesContent ? '{"content":""}' : "{}";
    return `${calls}${head}{"index":${this.#index},"delta":${delta},${reason}}]${fields}}\n\n`;
  }

  #open(step: ChoiceStep, head: string): string {
    this.#opened = true;
    const withText = step.case === "text" || step.case === "finished";
    this.#owesContent = !withText;
    return this.#frame(head, { role: "assistant", content: withText ? "" : null });
  }

  #frame(head: string, delta: object): string {
    return `${head}{"index":${this.#index},"delta":${JSON.stringify(delta).slice(0, -1)}${this.#tail}`;
  }

  #deltasOf(step: ChoiceStep, provider: string): object[] {
    switch (step.case) {
      case "text":
        return [{ content: step.value }];
      case "reasoning":
        this.#reasoning += step.value;
        return [{ reasoning_content: step.value }];
      case "reasoningSealed":
        return this.#seal(step.value, provider);
      case "refusal":
        return [{ refusal: step.value }];
      case "toolCallStarted":
        return [this.#startCall(step.value)];
      case "toolCallArguments":
        return this.#continueCall(step.value);
      case "part":
        return this.#whole(step.value.content, provider);
      case "finished":
        this.finish = toFinishBody(step.value.reason, step.value.rawReason);
        return [];
    }
  }

  #seal({ signature, redacted }: Pick<ReasoningSealed, "signature" | "redacted">, provider: string): object[] {
    const detail = toReasoningDetail({ text: this.#reasoning, signature, redacted, provider }, this.#seals);
    this.#reasoning = "";
    if (detail === undefined) return [];
    this.#seals++;
    return [{ reasoning_details: [detail] }];
  }

  #startCall({ index, id, name, signature }: Omit<ToolCallStarted, "$typeName">): object {
    this.#calls = Math.max(this.#calls, index + 1);
    this.#callsWithoutArguments.add(index);
    const call = toToolCallBody({ id, name, argumentsJson: "", signature });
    return { tool_calls: [{ index, ...call, function: { name, arguments: "" } }] };
  }

  #continueCall({ index, fragment }: Pick<ToolCallArguments, "index" | "fragment">): object[] {
    if (fragment === "") return [];
    this.#callsWithoutArguments.delete(index);
    return [argumentsDelta(index, fragment)];
  }

  #whole(content: Part["content"], provider: string): object[] {
    switch (content.case) {
      case "text":
        return [{ content: content.value.text }];
      case "refusal":
        return [{ refusal: content.value.text }];
      case "reasoning":
        this.#reasoning = content.value.text;
        return [
          { reasoning_content: content.value.text },
          ...this.#seal(content.value, content.value.provider || provider),
        ];
      case "toolCall": {
        const index = this.#calls;
        const start = this.#startCall({ index, ...content.value });
        return [start, ...this.#continueCall({ index, fragment: content.value.argumentsJson })];
      }
      case "image":
        return [{ images: [toImageBody(content.value)] }];
      case "audio":
        return [{ audio: toAudioBody(content.value, this.#answerId) }];
      default:
        return [];
    }
  }
}

function argumentsDelta(index: number, fragment: string): object {
  return { tool_calls: [{ index, function: { arguments: fragment } }] };
}
