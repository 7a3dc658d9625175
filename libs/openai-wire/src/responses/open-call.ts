import { toolCallArgumentsDelta, toolCallStartedDelta } from "@fairlead/adapter-kit/deltas";
import { extraFieldsOf } from "@fairlead/adapter-kit/foreign";
import { asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { argumentsText } from "../chat/answer-fields.ts";
import { RESPONSES_DIALECT } from "../dialects.ts";
import { type OpenItem, tellPartFields } from "./open-item.ts";
import { KNOWN_CALL } from "./response-fields.ts";

/** A call of a function. Its arguments come in fragments, or as a whole at the end: they are told exactly once. */
export class OpenCall implements OpenItem {
  readonly #index: number;
  #told = false;

  constructor(index: number, item: JsonObject, deltas: ChatDelta[]) {
    const name = asText(item["name"]);
    if (name === "") throw malformedAnswer("A tool call of the provider's stream has no name.");
    this.#index = index;
    const id = asText(item["call_id"]) || asText(item["id"]);
    deltas.push(toolCallStartedDelta(0, { index, id, name, signature: stateToBytes("") }));
    tellPartFields(extraFieldsOf(item, KNOWN_CALL, RESPONSES_DIALECT), deltas);
  }

  read(kind: string, event: JsonObject, deltas: ChatDelta[]): void {
    if (kind === "function_call_arguments.delta") this.#tell(asText(event["delta"]), deltas);
    else if (kind === "function_call_arguments.done") this.#tellWhole(event["arguments"], deltas);
  }

  close(item: JsonObject, deltas: ChatDelta[]): void {
    this.#tellWhole(item["arguments"], deltas);
    this.#tellWhole("{}", deltas);
  }

  #tellWhole(whole: unknown, deltas: ChatDelta[]): void {
    if (!this.#told) this.#tell(argumentsText(whole), deltas);
  }

  #tell(fragment: string, deltas: ChatDelta[]): void {
    if (fragment === "") return;
    this.#told = true;
    deltas.push(toolCallArgumentsDelta(0, this.#index, fragment));
  }
}
