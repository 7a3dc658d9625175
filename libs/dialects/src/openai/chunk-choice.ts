import type { ChatDelta, ToolCallArguments, ToolCallStarted } from "@fairlead/contracts/chat/v1/chat_delta";
import type { Part, UnknownField } from "@fairlead/contracts/chat/v1/content";
import { ownField, ownFields } from "../own-fields.ts";
import { withoutWritten } from "./answer-fields.ts";
import { toAudioBody, toImageBody } from "./answer-media.ts";
import { toOwnCall, toToolCallBody } from "./answer-message.ts";
import { DELTA_FIELD, OPENAI_CHAT } from "./dialect.ts";
import { type FinishBody, toFinishBody } from "./finish-reason.ts";
import { ReasoningSeals } from "./reasoning-seals.ts";

/** A step that belongs to a choice. */
export type ChoiceStep = Exclude<ChatDelta["step"], { case: "started" | "usage" | "adaptation" | undefined }>;

/** Steps that are content, or with which a null content goes. */
const PAYS_CONTENT: ReadonlySet<string> = new Set(["text", "refusal", "toolCallStarted", "part"]);
/** Steps beside which reasoning goes on. */
const KEEPS_REASONING: ReadonlySet<string> = new Set(["reasoning", "reasoningSealed", "extraField"]);

/** Writes the chunks of one choice of a stream. */
export class ChunkChoice {
  readonly #index: number;
  readonly #answerId: string;
  readonly #tail: string;
  readonly #contentHead: string;
  #opened = false;
  /** True while the content is null and nothing has come that a null content goes with. */
  #owesContent = false;
  readonly #seals = new ReasoningSeals();
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
    let before = this.#opened ? "" : this.#open(step, head);
    if (this.#owesContent && PAYS_CONTENT.has(step.case)) this.#owesContent = false;
    if (this.#seals.open && !KEEPS_REASONING.has(step.case)) {
      this.#seals.end();
      before += this.#details(head, provider);
    }
    if (step.case === "text") return before + head + this.#contentHead + JSON.stringify(step.value) + this.#tail;
    if (step.case === "extraField") return before + this.#field(step.value, head);
    return before + this.#deltasOf(step).map((delta) => this.#frame(head, delta)).join("") + this.#details(head, provider);
  }

  /**
   * The chunk that ends the choice, after what waited for the end.
   *
   * @param provider who answered
   * @param fields   more of the chunk as JSON, each after a comma
   */
  lastFrame(head: string, provider: string, fields: string): string {
    const details = this.#details(head, provider, true);
    const calls = [...this.#callsWithoutArguments]
      .map((index) => this.#frame(head, argumentsDelta(index, "{}")))
      .join("");
    const reason = JSON.stringify(this.finish ?? {}).slice(1, -1);
    const delta = this.#owesContent ? '{"content":""}' : "{}";
    return `${details}${calls}${head}{"index":${this.#index},"delta":${delta},${reason}}]${fields}}\n\n`;
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

  #details(head: string, provider: string, isLast = false): string {
    return this.#seals
      .release(provider, isLast)
      .map((detail) => this.#frame(head, { reasoning_details: [detail] }))
      .join("");
  }

  #field(field: UnknownField, head: string): string {
    const value = ownField(field, OPENAI_CHAT);
    if (value === undefined) return "";
    const ofDelta = field.name.startsWith(DELTA_FIELD);
    const written = withoutWritten({ [ofDelta ? field.name.slice(DELTA_FIELD.length) : field.name]: value });
    if (Object.keys(written).length === 0) return "";
    if (ofDelta) return this.#frame(head, written);
    return `${head}{"index":${this.#index},"delta":{},${JSON.stringify(written).slice(1, -1)}${this.#tail.slice(1)}`;
  }

  #deltasOf(step: ChoiceStep): object[] {
    switch (step.case) {
      case "text":
        return [{ content: step.value }];
      case "reasoning":
        this.#seals.more(step.value);
        return [{ reasoning_content: step.value }];
      case "reasoningSealed":
        this.#seals.end({ ...step.value, provider: "" });
        return [];
      case "refusal":
        return [{ refusal: step.value }];
      case "toolCallStarted":
        return [this.#startCall(step.value)];
      case "toolCallArguments":
        return this.#continueCall(step.value);
      case "part":
        return this.#whole(step.value);
      case "finished":
        this.finish = toFinishBody(step.value.reason, step.value.rawReason);
        return [];
      default:
        return [];
    }
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

  #whole({ content, extraFields }: Part): object[] {
    switch (content.case) {
      case "text":
        return [{ content: content.value.text }];
      case "refusal":
        return [{ refusal: content.value.text }];
      case "reasoning":
        this.#seals.more(content.value.text);
        this.#seals.end(content.value);
        return content.value.text === "" ? [] : [{ reasoning_content: content.value.text }];
      case "toolCall": {
        const index = this.#calls;
        const start = this.#startCall({ index, ...content.value });
        return [start, ...this.#continueCall({ index, fragment: content.value.argumentsJson })];
      }
      case "image":
        return [{ images: [toImageBody(content.value)] }];
      case "audio":
        return [{ audio: { ...toAudioBody(content.value, this.#answerId), ...ownFields(extraFields, OPENAI_CHAT) } }];
      case "foreign": {
        const call = toOwnCall(content);
        return call === undefined ? [] : [{ tool_calls: [{ index: this.#calls++, ...call }] }];
      }
      default:
        return [];
    }
  }
}

function argumentsDelta(index: number, fragment: string): object {
  return { tool_calls: [{ index, function: { arguments: fragment } }] };
}
