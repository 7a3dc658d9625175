import { sseEvent } from "./sse-event.ts";

type BlockKind = "text" | "thinking" | "tool_use";
type Fields = Readonly<Record<string, unknown>>;

/**
 * Numbers the blocks of a streamed message densely and keeps one open at a time. A block opens with its first content
 * and closes before another opens. Methods return the events to send.
 */
export class BlockWriter {
  #index = -1;
  #open: BlockKind | undefined;
  #deltaHead = "";
  /** What the next text says beside its words. */
  #textFields: Record<string, unknown> = {};

  get openKind(): BlockKind | undefined {
    return this.#open;
  }

  /** More text, in the open text block or a new one. */
  text(text: string): string {
    if (text === "") return "";
    return `${this.#textHead({})}{"type":"text_delta","text":${JSON.stringify(text)}}}\n\n`;
  }

  /** A source of the open text, or of a new one. */
  citation(citation: unknown): string {
    return `${this.#textHead({ citations: [] })}{"type":"citations_delta","citation":${JSON.stringify(citation)}}}\n\n`;
  }

  /** What a text says beside its words and their sources: it belongs to a new one, which opens with its first content. */
  textField(name: string, value: unknown): string {
    const closing = this.#open === "text" ? this.close() : "";
    this.#textFields[name] = value;
    return closing;
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
  toolUse(id: string, name: string, fields: Fields): string {
    return this.#start("tool_use", { type: "tool_use", id, name, input: {}, ...fields });
  }

  /** A fragment of the open call's arguments. */
  inputJson(fragment: string): string {
    if (fragment === "") return "";
    return `${this.#deltaHead}{"type":"input_json_delta","partial_json":${JSON.stringify(fragment)}}}\n\n`;
  }

  /** A block that comes whole. What a provider's own tool is called with is sent as such input always is. */
  whole(block: Fields & { readonly type: string }): string {
    const { input } = block;
    if (!block.type.endsWith("_tool_use") || !isFilled(input)) return this.#start("tool_use", block) + this.close();
    return this.#start("tool_use", { ...block, input: {} }) + this.inputJson(JSON.stringify(input)) + this.close();
  }

  /** Closes the open block, if there is one. */
  close(): string {
    if (this.#open === undefined) return "";
    this.#open = undefined;
    return sseEvent("content_block_stop", { index: this.#index });
  }

  #textHead(more: Fields): string {
    if (this.#open === "text") return this.#deltaHead;
    return this.#start("text", { type: "text", text: "", ...more, ...this.#textFields }) + this.#deltaHead;
  }

  #thinkingHead(): string {
    if (this.#open === "thinking") return this.#deltaHead;
    return this.#start("thinking", { type: "thinking", thinking: "", signature: "" }) + this.#deltaHead;
  }

  #start(kind: BlockKind, block: object): string {
    const closing = this.close();
    this.#open = kind;
    this.#textFields = {};
    this.#index++;
    this.#deltaHead = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":`;
    return closing + sseEvent("content_block_start", { index: this.#index, content_block: block });
  }
}

function isFilled(input: unknown): boolean {
  return typeof input === "object" && input !== null && !Array.isArray(input) && Object.keys(input).length > 0;
}
