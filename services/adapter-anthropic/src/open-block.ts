import {
  extraFieldDelta,
  partDelta,
  reasoningDelta,
  reasoningSealedDelta,
  textDelta,
  toolCallArgumentsDelta,
  toolCallStartedDelta,
} from "@fairlead/adapter-kit/deltas";
import { foreignPart } from "@fairlead/adapter-kit/foreign";
import { asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { UnknownField } from "@fairlead/contracts/chat/v1/content";
import { ANTHROPIC_DIALECT } from "./dialect.ts";
import { blockExtras } from "./from-anthropic-block.ts";
import { createForeignBlock } from "./gather-foreign-block.ts";

/**
 * Names of a block's fields among the steps of a stream begin so. They belong to the text or call that was opened last;
 * `content_block.type` tells that a block opens which does not continue the one before it, and each
 * `content_block.citations` adds to those of its text.
 */
export const BLOCK_PREFIX = "content_block.";

/** Characters of one signature at most: it is held until its block closes. */
const MAX_SIGNATURE = 4 * 1024 * 1024;

/** The content block that is open; there is one at a time. */
export interface OpenBlock {
  /** Takes a delta of the block. One that does not belong to it, or is of a later version, counts for nothing. */
  more(delta: JsonObject, deltas: ChatDelta[]): void;
  /** Adds what is only known at the end of the block. */
  close(deltas: ChatDelta[]): void;
}

/**
 * Opens a text.
 *
 * @param apart true when the text is apart from one before it, which is then told
 */
export function openText(content: JsonObject, apart: boolean, deltas: ChatDelta[]): OpenBlock {
  let told = apart;
  if (told) deltas.push(blockOpened("text"));
  addExtras(content, deltas);
  const say = (text: string, more: ChatDelta[]) => {
    if (text === "") return;
    told = true;
    more.push(textDelta(0, text));
  };
  say(asText(content["text"]), deltas);
  return {
    more(delta, more) {
      if (delta["type"] === "text_delta") say(asText(delta["text"]), more);
      if (delta["type"] !== "citations_delta" || !isObject(delta["citation"])) return;
      // What came before must not be taken for what is cited.
      if (!told) more.push(blockOpened("text"));
      told = true;
      addExtras({ type: "text", citations: [delta["citation"]] }, more);
    },
    close: () => undefined,
  };
}

/** Opens thinking, which its signature closes. */
export function openThinking(content: JsonObject, deltas: ChatDelta[]): OpenBlock {
  const opening = asText(content["thinking"]);
  if (opening !== "") deltas.push(reasoningDelta(0, opening));
  let signature = asText(content["signature"]);
  return {
    more(delta, more) {
      const text = asText(delta["thinking"]);
      if (delta["type"] === "thinking_delta" && text !== "") more.push(reasoningDelta(0, text));
      if (delta["type"] === "signature_delta") signature = lengthened(signature, asText(delta["signature"]));
    },
    close: (more) => void more.push(reasoningSealedDelta(0, stateToBytes(signature), false)),
  };
}

/** Opens thinking that is withheld; it comes whole. */
export function openRedacted(content: JsonObject): OpenBlock {
  const state = stateToBytes(asText(content["data"]));
  return { more: () => undefined, close: (more) => void more.push(reasoningSealedDelta(0, state, true)) };
}

/** Opens the call of a tool. */
export function openToolUse(content: JsonObject, call: { readonly index: number; readonly name: string }, deltas: ChatDelta[]): OpenBlock {
  deltas.push(toolCallStartedDelta(0, { ...call, id: asText(content["id"]), signature: stateToBytes("") }));
  addExtras(content, deltas);
  return openInput(content, (fragment) => toolCallArgumentsDelta(0, call.index, fragment));
}

/** Opens a text that comes as the arguments of a tool. */
export function openTextByTool(content: JsonObject): OpenBlock {
  return openInput(content, (fragment) => textDelta(0, fragment));
}

/** Opens a block that has no counterpart; it goes out whole when it closes. */
export function openForeign(content: JsonObject): OpenBlock {
  const gathered = createForeignBlock(content);
  return {
    more: (delta) => gathered.add(delta),
    close(more) {
      const part = foreignPart(ANTHROPIC_DIALECT, gathered.block());
      if (part !== undefined) more.push(partDelta(0, part));
    },
  };
}

function openInput(content: JsonObject, write: (fragment: string) => ChatDelta): OpenBlock {
  let empty = true;
  return {
    more(delta, more) {
      const fragment = asText(delta["partial_json"]);
      if (delta["type"] !== "input_json_delta" || fragment === "") return;
      empty = false;
      more.push(write(fragment));
    },
    close(more) {
      // The input at the start is a placeholder, unless it was all there is.
      if (empty) more.push(write(JSON.stringify(isObject(content["input"]) ? content["input"] : {})));
    },
  };
}

function addExtras(content: JsonObject, deltas: ChatDelta[]): void {
  for (const field of blockExtras(content, BLOCK_PREFIX)) deltas.push(extraFieldDelta(0, field));
}

/** Says that a block opens which does not continue the one before it, though it is of the same type. */
function blockOpened(type: string): ChatDelta {
  const value = { $typeName: "google.protobuf.Value" as const, kind: { case: "stringValue" as const, value: type } };
  const field: UnknownField = { $typeName: "fairlead.chat.v1.UnknownField", dialect: ANTHROPIC_DIALECT, name: `${BLOCK_PREFIX}type`, value };
  return extraFieldDelta(0, field);
}

function lengthened(signature: string, more: string): string {
  if (signature.length + more.length > MAX_SIGNATURE) throw malformedAnswer("A signature of the provider is too long.");
  return signature + more;
}
