import { foreignPart } from "@fairlead/adapter-kit/foreign";
import { asObject, asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { CHAT_DIALECT } from "../dialects.ts";
import { MAX_TOOL_CALLS } from "./answer-fields.ts";

/** Whether a call is one of a custom tool, whose input is any text, which the contract has no word for. */
export function isCustomCall(call: JsonObject): boolean {
  return call["type"] === "custom" && isObject(call["custom"]);
}

/** A call of a custom tool as it goes to callers of the dialect. Undefined where it cannot be carried. */
export function customCallPart(call: JsonObject): Part | undefined {
  return foreignPart(CHAT_DIALECT, call);
}

/** Calls of custom tools of a stream, put together from their pieces. */
export class CustomCalls {
  readonly #calls = new Map<unknown, { id: string; name: string; input: string }>();

  /** Takes a piece; false: it belongs to no call of a custom tool. */
  take(call: JsonObject): boolean {
    const known = this.#calls.get(call["index"]);
    if (known === undefined && !isCustomCall(call)) return false;
    const { name, input } = asObject(call["custom"]);
    if (known !== undefined) known.input += asText(input);
    else if (this.#calls.size >= MAX_TOOL_CALLS) throw malformedAnswer("The provider's stream has too many tool calls.");
    else this.#calls.set(call["index"], { id: asText(call["id"]), name: asText(name), input: asText(input) });
    return true;
  }

  get size(): number {
    return this.#calls.size;
  }

  parts(): Part[] {
    return [...this.#calls.values()].flatMap(({ id, name, input }) => customCallPart({ id, type: "custom", custom: { name, input } }) ?? []);
  }
}
