import type { EventSequence } from "./event-sequence.ts";
import { type OutputItem, reasoningDraft } from "./output-item.ts";

/** Reasoning of a streamed answer while it is open. Methods return the events to send. */
export class OpenReasoning {
  readonly #sequence: EventSequence;
  readonly #id: string;
  readonly #position: number;
  /** What can be read of it. */
  text = "";
  #write: ((delta: string) => string) | undefined;

  constructor(sequence: EventSequence, id: string, position: number) {
    this.#sequence = sequence;
    this.#id = id;
    this.#position = position;
  }

  start(): string {
    const item = { ...reasoningDraft("", ""), id: this.#id };
    return this.#sequence.event("response.output_item.added", { output_index: this.#position, item });
  }

  /** More of what can be read of it. */
  more(delta: string): string {
    let opening = "";
    if (this.#write === undefined) {
      this.#write = this.#sequence.deltas("response.reasoning_summary_text.delta", this.#place());
      const part = { type: "summary_text", text: "" };
      opening = this.#sequence.event("response.reasoning_summary_part.added", { ...this.#place(), part });
    }
    this.text += delta;
    return opening + this.#write(delta);
  }

  /** No more of it can be read. */
  endText(): string {
    if (this.#write === undefined) return "";
    const { text } = this;
    const done = this.#sequence.event("response.reasoning_summary_text.done", { ...this.#place(), text });
    const part = { type: "summary_text", text };
    return done + this.#sequence.event("response.reasoning_summary_part.done", { ...this.#place(), part });
  }

  /** Ends it. @param seal empty: none, or it stays with who made it */
  close(seal: string): { readonly events: string; readonly item: OutputItem } {
    const item = { ...reasoningDraft(this.text, seal), id: this.#id };
    return { events: this.#sequence.event("response.output_item.done", { output_index: this.#position, item }), item };
  }

  #place() {
    return { item_id: this.#id, output_index: this.#position, summary_index: 0 };
  }
}
