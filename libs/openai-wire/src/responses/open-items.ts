import { partDelta } from "@fairlead/adapter-kit/deltas";
import { foreignPart } from "@fairlead/adapter-kit/foreign";
import { asCount, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { RESPONSES_DIALECT } from "../dialects.ts";
import type { Maker } from "./from-response.ts";
import { OpenCall } from "./open-call.ts";
import type { OpenItem } from "./open-item.ts";
import { OpenMessage } from "./open-message.ts";
import { OpenReasoning } from "./open-reasoning.ts";
import { MAX_ITEMS } from "./response-fields.ts";

/** The items of one stream, each told exactly once. */
export class OpenItems {
  readonly #maker: Maker;
  /** Open items by their place in the output; undefined once they are closed. */
  readonly #items = new Map<number, OpenItem | undefined>();
  /** Tool calls so far. */
  calls = 0;

  constructor(maker: Maker) {
    this.#maker = maker;
  }

  /** Takes an event that concerns an item; others say nothing. */
  read(type: string, event: JsonObject, deltas: ChatDelta[]): void {
    const place = asCount(event["output_index"]);
    if (type === "response.output_item.added") {
      if (!this.#items.has(place)) this.#open(place, asObject(event["item"]), deltas);
    } else if (type === "response.output_item.done") {
      this.#close(place, asObject(event["item"]), deltas);
    } else {
      this.#items.get(place)?.read(type.slice("response.".length), event, deltas);
    }
  }

  /** Closes what is open. @param output of the whole response, told where no item came before it */
  close(output: readonly unknown[], deltas: ChatDelta[]): void {
    const silent = this.#items.size === 0;
    if (silent) output.forEach((item, place) => this.#close(place, asObject(item), deltas));
    for (const [place, item] of this.#items) if (item !== undefined) this.#close(place, {}, deltas);
  }

  #close(place: number, item: JsonObject, deltas: ChatDelta[]): void {
    if (!this.#items.has(place)) this.#open(place, item, deltas);
    const open = this.#items.get(place);
    this.#items.set(place, undefined);
    open?.close(item, deltas);
  }

  #open(place: number, item: JsonObject, deltas: ChatDelta[]): void {
    if (this.#items.size >= MAX_ITEMS) throw malformedAnswer("The provider's stream has too many items.");
    this.#items.set(place, this.#opened(item, deltas));
  }

  #opened(item: JsonObject, deltas: ChatDelta[]): OpenItem {
    switch (item["type"]) {
      case "message":
        return new OpenMessage();
      case "reasoning":
        return new OpenReasoning(this.#maker);
      case "function_call":
        return new OpenCall(this.calls++, item, deltas);
      default:
        return { read: () => {}, close: tellForeign };
    }
  }
}

/** An item that is not known comes as a whole. */
function tellForeign(item: JsonObject, deltas: ChatDelta[]): void {
  if (asText(item["type"]) === "") return;
  const part = foreignPart(RESPONSES_DIALECT, item);
  if (part !== undefined) deltas.push(partDelta(0, part));
}
