import type { StreamDecoder } from "@fairlead/adapter-kit/delta-source";
import {
  finishedDelta,
  reasoningDelta,
  reasoningSealedDelta,
  startedDelta,
  textDelta,
  toolCallArgumentsDelta,
  toolCallStartedDelta,
  usageDelta,
} from "@fairlead/adapter-kit/deltas";
import type { ServerSentEvent } from "@fairlead/adapter-kit/event-decoder";
import { asObject, asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { eventObject } from "@fairlead/adapter-kit/stream-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { refuseErrorObject } from "./errors.ts";
import { fromAnthropicStopReason } from "./finish-reason.ts";
import { fromAnthropicUsage, mergeCounts } from "./usage.ts";

/** Characters of one signature at most: it is held until its block closes. */
const MAX_SIGNATURE = 4 * 1024 * 1024;

/** The content block that is open. Anthropic numbers every block; tool calls are counted apart. */
type OpenBlock =
  | { readonly kind: "text" | "other" }
  | { readonly kind: "thinking"; signature: string }
  | { readonly kind: "redacted"; readonly data: string }
  | { readonly kind: "tool"; readonly index: number; readonly input: unknown; empty: boolean };

/** Decodes a stream of messages. It is complete with `message_stop`. */
export function createAnthropicStream(now: () => number): StreamDecoder {
  let block: OpenBlock = { kind: "other" };
  let toolCalls = 0;
  let started = false;
  let stopReason = "";
  let counts: JsonObject = {};
  let done = false;

  function push(event: ServerSentEvent, deltas: ChatDelta[]): void {
    const body = eventObject(event);
    refuseErrorObject(body, now());
    switch (body["type"]) {
      case "message_start":
        return start(asObject(body["message"]), deltas);
      case "content_block_start":
        return open(asObject(body["content_block"]), deltas);
      case "content_block_delta":
        return more(asObject(body["delta"]), deltas);
      case "content_block_stop":
        return close(deltas);
      case "message_delta":
        stopReason = asText(asObject(body["delta"])["stop_reason"]) || stopReason;
        counts = mergeCounts(counts, asObject(body["usage"]));
        return;
      case "message_stop":
        return finish(deltas);
      default:
      // Pings, and events of later versions.
    }
  }

  function start(message: JsonObject, deltas: ChatDelta[]): void {
    counts = mergeCounts(counts, asObject(message["usage"]));
    // Some proxies send the first event twice.
    if (started) return;
    started = true;
    deltas.push(startedDelta(asText(message["id"]), asText(message["model"]), 0));
  }

  function open(content: JsonObject, deltas: ChatDelta[]): void {
    switch (content["type"]) {
      case "text":
        block = { kind: "text" };
        if (asText(content["text"]) !== "") deltas.push(textDelta(0, asText(content["text"])));
        return;
      case "thinking":
        block = { kind: "thinking", signature: asText(content["signature"]) };
        if (asText(content["thinking"]) !== "") deltas.push(reasoningDelta(0, asText(content["thinking"])));
        return;
      case "redacted_thinking":
        block = { kind: "redacted", data: asText(content["data"]) };
        return;
      case "tool_use": {
        const index = toolCalls++;
        block = { kind: "tool", index, input: content["input"], empty: true };
        const call = { index, id: asText(content["id"]), name: asText(content["name"]), signature: stateToBytes("") };
        deltas.push(toolCallStartedDelta(0, call));
        return;
      }
      default:
        block = { kind: "other" };
    }
  }

  function more(delta: JsonObject, deltas: ChatDelta[]): void {
    switch (delta["type"]) {
      case "text_delta":
        if (asText(delta["text"]) !== "") deltas.push(textDelta(0, asText(delta["text"])));
        return;
      case "thinking_delta":
        if (asText(delta["thinking"]) !== "") deltas.push(reasoningDelta(0, asText(delta["thinking"])));
        return;
      case "signature_delta":
        if (block.kind === "thinking") addSignature(block, asText(delta["signature"]));
        return;
      case "input_json_delta": {
        const fragment = asText(delta["partial_json"]);
        if (block.kind !== "tool" || fragment === "") return;
        block.empty = false;
        deltas.push(toolCallArgumentsDelta(0, block.index, fragment));
        return;
      }
      default:
      // Citations and deltas of later versions.
    }
  }

  function close(deltas: ChatDelta[]): void {
    if (block.kind === "thinking") deltas.push(reasoningSealedDelta(0, stateToBytes(block.signature), false));
    if (block.kind === "redacted") deltas.push(reasoningSealedDelta(0, stateToBytes(block.data), true));
    if (block.kind === "tool" && block.empty) {
      // The empty input at the start is a placeholder, unless it was all there is.
      deltas.push(toolCallArgumentsDelta(0, block.index, JSON.stringify(isObject(block.input) ? block.input : {})));
    }
    block = { kind: "other" };
  }

  function finish(deltas: ChatDelta[]): void {
    if (!started || stopReason === "") throw malformedAnswer("The provider's stream ended without a reason.");
    if (block.kind !== "other" && block.kind !== "text") close(deltas);
    deltas.push(finishedDelta(0, fromAnthropicStopReason(stopReason), stopReason));
    const usage = fromAnthropicUsage(counts);
    if (usage !== undefined) deltas.push(usageDelta(usage));
    done = true;
  }

  return {
    push,
    get done() {
      return done;
    },
    end() {
      throw malformedAnswer("The provider's stream was cut off.");
    },
  };
}

function addSignature(block: { signature: string }, more: string): void {
  if (block.signature.length + more.length > MAX_SIGNATURE) throw malformedAnswer("A signature of the provider is too long.");
  block.signature += more;
}
