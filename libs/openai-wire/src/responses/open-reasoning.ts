import { partDelta, reasoningDelta, reasoningSealedDelta } from "@fairlead/adapter-kit/deltas";
import { asCount, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { addReasoningItem, type Maker } from "./from-response.ts";
import type { OpenItem } from "./open-item.ts";
import { PARAGRAPH } from "./response-fields.ts";

/**
 * A reasoning item: what the model thought, or a summary of it, in fragments, and its encrypted state; or all of it at the
 * end. A server that shows both is heard on the first of them.
 */
export class OpenReasoning implements OpenItem {
  readonly #maker: Maker;
  /** What is told of: the thoughts or their summary. */
  #heard = "";
  /** The paragraph that is told. */
  #paragraph = -1;

  constructor(maker: Maker) {
    this.#maker = maker;
  }

  read(kind: string, event: JsonObject, deltas: ChatDelta[]): void {
    if (kind === "reasoning_text.delta") this.#tell(kind, asCount(event["content_index"]), event, deltas);
    else if (kind === "reasoning_summary_text.delta") this.#tell(kind, asCount(event["summary_index"]), event, deltas);
  }

  close(item: JsonObject, deltas: ChatDelta[]): void {
    if (this.#heard !== "") {
      const origin = { id: asText(item["id"]), deployment: this.#maker.deployment };
      deltas.push(reasoningSealedDelta(0, stateToBytes(asText(item["encrypted_content"])), false, origin));
      return;
    }
    const parts: Part[] = [];
    addReasoningItem(parts, item, this.#maker);
    for (const part of parts) deltas.push(partDelta(0, part));
  }

  #tell(kind: string, paragraph: number, event: JsonObject, deltas: ChatDelta[]): void {
    const text = asText(event["delta"]);
    if (text === "" || (this.#heard !== "" && this.#heard !== kind)) return;
    const parted = this.#heard !== "" && paragraph !== this.#paragraph;
    this.#heard = kind;
    this.#paragraph = paragraph;
    deltas.push(reasoningDelta(0, parted ? PARAGRAPH + text : text));
  }
}
