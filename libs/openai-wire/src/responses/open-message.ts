import { partDelta, refusalDelta, textDelta } from "@fairlead/adapter-kit/deltas";
import { extraFieldsOf, foreignPart } from "@fairlead/adapter-kit/foreign";
import { asCount, asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { RESPONSES_DIALECT } from "../dialects.ts";
import { contentFields } from "./from-response.ts";
import { MESSAGE_FIELD } from "./message-fields.ts";
import { type OpenItem, tellPartFields } from "./open-item.ts";
import { KNOWN_MESSAGE_ITEM } from "./response-fields.ts";

const KNOWN_CONTENT: ReadonlySet<unknown> = new Set(["output_text", "refusal"]);

/** A message. Its text comes in fragments, or as a whole at the end: it is told exactly once. */
export class OpenMessage implements OpenItem {
  /** The first block of content that is not told as a whole. */
  #next = 0;
  /** True when some of that block was told. */
  #told = false;

  read(kind: string, event: JsonObject, deltas: ChatDelta[]): void {
    const index = asCount(event["content_index"]);
    if (index < this.#next) return;
    switch (kind) {
      case "output_text.delta":
        return this.#tell(index, { type: "output_text", text: event["delta"] }, deltas);
      case "refusal.delta":
        return this.#tell(index, { type: "refusal", refusal: event["delta"] }, deltas);
      case "content_part.done":
        return this.#tellWhole(index, asObject(event["part"]), deltas);
    }
  }

  close(item: JsonObject, deltas: ChatDelta[]): void {
    asList(item["content"]).forEach((block, index) => {
      if (index >= this.#next) this.#tellWhole(index, asObject(block), deltas);
    });
    tellPartFields(extraFieldsOf(item, KNOWN_MESSAGE_ITEM, RESPONSES_DIALECT, MESSAGE_FIELD), deltas);
  }

  /** The end of a block: what of it was not told, and what else it says. */
  #tellWhole(index: number, block: JsonObject, deltas: ChatDelta[]): void {
    if (!KNOWN_CONTENT.has(block["type"])) {
      const part = foreignPart(RESPONSES_DIALECT, block);
      if (part !== undefined) deltas.push(partDelta(0, part));
    } else if (!this.#told || index > this.#next) {
      this.#tell(index, block, deltas);
    }
    tellPartFields(contentFields(block), deltas);
    this.#next = index + 1;
    this.#told = false;
  }

  #tell(index: number, block: JsonObject, deltas: ChatDelta[]): void {
    this.#next = index;
    const text = asText(block["text"]);
    if (text !== "") deltas.push(textDelta(0, text));
    const refusal = asText(block["refusal"]);
    if (refusal !== "") deltas.push(refusalDelta(0, refusal));
    if (text !== "" || refusal !== "") this.#told = true;
  }
}
