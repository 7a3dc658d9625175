import type { JsonValue } from "@bufbuild/protobuf";
import { MESSAGE_FIELD } from "./dialect.ts";
import type { EventSequence } from "./event-sequence.ts";
import { type ContentBody, messageDraft, type OutputItem, refusalContent, textContent } from "./output-item.ts";

interface OpenContent {
  readonly type: ContentBody["type"];
  readonly write: (delta: string) => string;
  text: string;
  readonly fields: Record<string, JsonValue>;
}

/** A message of a streamed answer while it is open. Methods return the events to send. */
export class OpenMessage {
  readonly #sequence: EventSequence;
  readonly #id: string;
  readonly #position: number;
  readonly #fields: Record<string, JsonValue> = {};
  readonly #content: ContentBody[] = [];
  #open: OpenContent | undefined;
  /** True when the open piece told its fields, so that the next words are a piece of their own. */
  #told = false;
  /** True when the message told its fields, so that the next words are a message of their own. */
  over = false;

  constructor(sequence: EventSequence, id: string, position: number) {
    this.#sequence = sequence;
    this.#id = id;
    this.#position = position;
  }

  start(): string {
    const item = { ...messageDraft([], "in_progress", this.#fields), id: this.#id };
    return this.#sequence.event("response.output_item.added", { output_index: this.#position, item });
  }

  /** More text, in the open piece or a new one. */
  text(delta: string): string {
    return this.#to("output_text") + this.#more(delta);
  }

  /** More of a refusal, in the open piece or a new one. */
  refusal(delta: string): string {
    return this.#to("refusal") + this.#more(delta);
  }

  /** A field of the words that were last said, or of the message where its name begins so. */
  field(name: string, value: JsonValue): string {
    if (name.startsWith(MESSAGE_FIELD)) {
      this.#fields[name.slice(MESSAGE_FIELD.length)] = value;
      this.over = true;
      return "";
    }
    if (this.#open === undefined) return "";
    this.#told = true;
    this.#open.fields[name] = value;
    if (name !== "annotations" || !Array.isArray(value)) return "";
    const place = this.#place();
    return value
      .map((annotation, annotation_index) => ({ ...place, annotation_index, annotation }))
      .map((fields) => this.#sequence.event("response.output_text.annotation.added", fields))
      .join("");
  }

  /** Ends the message. */
  close(status: "completed" | "incomplete"): { readonly events: string; readonly item: OutputItem } {
    const closing = this.#end();
    const item = { ...messageDraft(this.#content, status, this.#fields), id: this.#id };
    return { events: closing + this.#sequence.event("response.output_item.done", { output_index: this.#position, item }), item };
  }

  #to(type: ContentBody["type"]): string {
    return this.#open?.type === type && !this.#told ? "" : this.#begin(type);
  }

  #begin(type: ContentBody["type"]): string {
    this.#told = false;
    const closing = this.#end();
    const place = this.#place();
    const text = type === "output_text";
    const write = text
      ? this.#sequence.deltas("response.output_text.delta", { ...place, logprobs: [] })
      : this.#sequence.deltas("response.refusal.delta", place);
    this.#open = { type, write, text: "", fields: {} };
    const part = text ? textContent("", {}) : refusalContent("", {});
    return closing + this.#sequence.event("response.content_part.added", { ...place, part });
  }

  #more(delta: string): string {
    if (this.#open === undefined) return "";
    this.#open.text += delta;
    return this.#open.write(delta);
  }

  #end(): string {
    if (this.#open === undefined) return "";
    const { type, text, fields } = this.#open;
    const place = this.#place();
    const part = type === "output_text" ? textContent(text, fields) : refusalContent(text, fields);
    this.#open = undefined;
    this.#content.push(part);
    const done =
      type === "output_text"
        ? this.#sequence.event("response.output_text.done", { ...place, text, logprobs: fields["logprobs"] ?? [] })
        : this.#sequence.event("response.refusal.done", { ...place, refusal: text });
    return done + this.#sequence.event("response.content_part.done", { ...place, part });
  }

  #place() {
    return { item_id: this.#id, output_index: this.#position, content_index: this.#content.length };
  }
}
