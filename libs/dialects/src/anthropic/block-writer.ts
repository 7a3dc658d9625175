import { sseEvent } from "./sse-event.ts";

type BlockKind = "text" | "thinking" | "tool_use";

/**
 * Numbers the blocks of a streamed message densely and keeps one open at a time. A block opens with its first content
 * and closes before another opens. Methods return the events to send.
 */
export class BlockWriter {
  #index = -1;
  #open: BlockKind | undefined;
  #deltaHead = "";

  get openKind(): BlockKind | undefined {
    return this.#open;
  }

  /** More text, in the open text block or a new one. */
  text(text: string): string {
    if (text === "") return "";
    const opening = this.#open === "text" ? "" : this.#start("text", { type: "text", text: "" });
    return `${opening}${this.#deltaHead}{"type":"text_delta","text":${JSON.stringify(text)}}}\n\n`;
  }

  /** More thinking, in the open thinking block or a new one. */
  thinking(text: string): string {
    if (text === "") return "";
    return `${this.#thinkingHead()}{"type":"thinking_delta","thinking":${JSON.stringify(text)}}}\n\n`;
  }

  /** The signature of the open thinking block, or of one without text; it closes the block. */
  signature(signature: string): string {
    if (signature === "") return this.#open === "thinking" ? this.close() : "";
    const delta = `{"type":"signature_delta","signature":${JSON.stringify(signature)}}`;
    return `${this.#thinkingHead()}${delta}}\n\n${this.close()}`;
  }

  /** A call of a tool opens; its input is a placeholder until fragments come. */
  toolUse(id: string, name: string): string {
    return this.#start("tool_use", { type: "tool_use", id, name, input: {} });
  }

  /** A fragment of the open call's arguments. */
  inputJson(fragment: string): string {
    if (fragment === "") return "";
    return `${this.#deltaHead}{"type":"input_json_delta","partial_json":${JSON.stringify(fragment)}}}\n\n`;
  }

  /** A block that comes whole. */
  whole(block: object): string {
    const closing = this.close();
    this.#index++;
    const start = sseEvent("content_block_start", { index: this.#index, content_block: block });
    return closing + start + sseEvent("content_block_stop", { index: this.#index });
  }

  /** Closes the open block, if there is one. */
  close(): string {
    if (this.#open === undefined) return "";
    this.#open = undefined;
    return sseEvent("content_block_stop", { index: this.#index });
  }

  #thinkingHead(): string {
    if (this.#open === "thinking") return this.#deltaHead;
    return this.#start("thinking", { type: "thinking", thinking: "", signature: "" }) + this.#deltaHead;
  }

  #start(kind: BlockKind, block: object): string {
    const closing = this.close();
    this.#open = kind;
    this.#index++;
    this.#deltaHead = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":`;
    return closing + sseEvent("content_block_start", { index: this.#index, content_block: block });
  }
}
