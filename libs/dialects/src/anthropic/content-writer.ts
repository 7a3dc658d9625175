import type { ReasoningSealed, ToolCallStarted } from "@fairlead/contracts/chat/v1/chat_delta";
import type { Part, ReasoningPart, ToolCallPart, UnknownField } from "@fairlead/contracts/chat/v1/content";
import { toAnswerBlock } from "./answer-block.ts";
import { BlockWriter } from "./block-writer.ts";
import { toCallState } from "./call-state.ts";
import { hasFields, toFieldValue } from "./foreign-json.ts";
import { type Sealed, sealOf } from "./seal-of.ts";
import { ToolQueue } from "./tool-queue.ts";

/** Names of fields of the block that a stream is at begin so; the type tells that another block of it begins. */
const BLOCK = "content_block.";
const UNSEALED: Sealed = { provider: "", deployment: "", id: "", signature: new Uint8Array(0) };

/** Writes the content of a streamed message, block by block. Methods return the events to send. */
export class ContentWriter {
  readonly #blocks = new BlockWriter();
  readonly #tools = new ToolQueue(this.#blocks);
  #nextCall = 0;
  #provider = "";

  /** Who answers, as soon as it is known: reasoning that does not say whose it is, is theirs. */
  answeredBy(provider: string): void {
    this.#provider = provider;
  }

  text(text: string): string {
    return this.#leave() + this.#blocks.text(text);
  }

  reasoning(text: string): string {
    return this.#tools.flush() + this.#blocks.thinking(text);
  }

  /** The end of reasoning; a state of it is worth nothing to anyone but the provider that answers. */
  sealed(sealed: Omit<ReasoningSealed, "$typeName">): string {
    return this.#tools.flush() + this.#seal({ ...sealed, provider: "" }, sealed.redacted);
  }

  toolCall({ index, id, name, signature }: Omit<ToolCallStarted, "$typeName">): string {
    this.#nextCall = Math.max(this.#nextCall, index + 1);
    return this.#startCall(index, id, name, signature);
  }

  toolArguments(index: number, fragment: string): string {
    return this.#tools.fragment(index, fragment);
  }

  /** A whole part. */
  part(part: Part): string {
    const { content, extraFields } = part;
    if (content.case === "toolCall") return this.#call(content.value, extraFields);
    if (!hasFields(extraFields)) {
      if (content.case === "text" || content.case === "refusal") return this.text(content.value.text);
      if (content.case === "reasoning") return this.#reasoning(content.value);
    }
    const block = toAnswerBlock(part, this.#provider);
    // What cannot be said still stands between what comes before and after it.
    if (block === undefined) return this.close();
    if (block.type !== "text") return this.#leave() + this.#blocks.whole(block);
    return this.close() + this.#ownFields(extraFields) + this.text(block.text as string) + this.close();
  }

  /** A field of the block that the stream is at; undefined for a field of the message. */
  blockField(field: UnknownField): string | undefined {
    if (!field.name.startsWith(BLOCK)) return undefined;
    const name = field.name.slice(BLOCK.length);
    const value = toFieldValue(field);
    if (value === undefined) return "";
    return name === "type" ? this.close() : this.#field(name, value);
  }

  /** Closes what is open. */
  close(): string {
    return this.#leave() + this.#blocks.close();
  }

  #call({ id, name, argumentsJson, signature }: ToolCallPart, fields: readonly UnknownField[]): string {
    const index = this.#nextCall++;
    return this.#startCall(index, id, name, signature) + this.#ownFields(fields) + this.#tools.fragment(index, argumentsJson);
  }

  #startCall(index: number, id: string, name: string, signature: Uint8Array): string {
    const events = this.#sealOpen() + this.#tools.start(index, id, name);
    for (const [field, value] of Object.entries(toCallState(signature))) this.#tools.field(field, value);
    return events;
  }

  #ownFields(fields: readonly UnknownField[]): string {
    let events = "";
    for (const field of fields) {
      const value = toFieldValue(field);
      if (value !== undefined) events += this.#field(field.name, value);
    }
    return events;
  }

  #field(name: string, value: unknown): string {
    if (this.#tools.field(name, value)) return "";
    const flushed = this.#leave();
    if (name !== "citations" || !Array.isArray(value)) return flushed + this.#blocks.textField(name, value);
    return flushed + value.map((citation) => this.#blocks.citation(citation)).join("");
  }

  /** Reasoning that comes whole, or without words the seal of what came before it in pieces. */
  #reasoning(reasoning: ReasoningPart): string {
    const before = reasoning.text === "" ? this.#tools.flush() : this.close();
    return before + this.#blocks.thinking(reasoning.text) + this.#seal(reasoning, reasoning.redacted);
  }

  /** Ends what can only go on in a block of its own. */
  #leave(): string {
    return this.#tools.flush() + this.#sealOpen();
  }

  /** Reasoning that nobody sealed still says whose it is: some providers want its words back. */
  #sealOpen(): string {
    return this.#blocks.openKind === "thinking" ? this.#seal(UNSEALED, false) : "";
  }

  #seal(sealed: Sealed, redacted: boolean): string {
    const hasWords = this.#blocks.openKind === "thinking";
    const seal = sealOf(sealed, hasWords, this.#provider);
    return redacted && !hasWords ? this.#blocks.whole({ type: "redacted_thinking", data: seal }) : this.#blocks.signature(seal);
  }
}
