import type { StreamDecoder } from "@fairlead/adapter-kit/delta-source";
import { extraFieldDelta, finishedDelta, startedDelta, usageDelta } from "@fairlead/adapter-kit/deltas";
import type { ServerSentEvent } from "@fairlead/adapter-kit/event-decoder";
import { extraFieldsOf } from "@fairlead/adapter-kit/foreign";
import { asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { eventObject } from "@fairlead/adapter-kit/stream-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { ANTHROPIC_DIALECT } from "./dialect.ts";
import { refuseErrorObject } from "./errors.ts";
import { type AnthropicReading, blockExtras, standsAlone } from "./from-anthropic-block.ts";
import { finishOf, MESSAGE_FIELDS } from "./from-anthropic-response.ts";
import { type OpenBlock, openForeign, openRedacted, openText, openTextByTool, openThinking, openToolUse } from "./open-block.ts";
import { fromAnthropicUsage, mergeCounts, usageExtras } from "./usage.ts";

/** Calls of tools in one answer at most. */
const MAX_TOOL_CALLS = 4_096;

/** Fields of the events about the message that are known. */
const DELTA_FIELDS: ReadonlySet<string> = new Set([...MESSAGE_FIELDS, "delta"]);

/**
 * Decodes a stream of messages. It is complete with `message_stop`. Anthropic numbers every block; tool calls are counted
 * apart, without gaps.
 *
 * @param now unix milliseconds
 */
export function createAnthropicStream(reading: AnthropicReading, now: () => number): StreamDecoder {
  let block: OpenBlock | undefined;
  let toolCalls = 0;
  let started = false;
  let stopReason = "";
  let counts: JsonObject = {};
  /** Fields of the message that are not known, as they were told last. */
  let extras: JsonObject = {};
  /** The last text, where no other block followed. */
  let text: { readonly alone: boolean } | undefined;
  let done = false;

  function push(event: ServerSentEvent, deltas: ChatDelta[]): void {
    if (done) return;
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
        return note(body, asObject(body["delta"]));
      case "message_stop":
        return finish(deltas);
      default:
      // Pings, and events of later versions.
    }
  }

  function start(message: JsonObject, deltas: ChatDelta[]): void {
    note(message, message);
    // Some proxies send the first event twice.
    if (started) return;
    started = true;
    deltas.push(startedDelta(asText(message["id"]), asText(message["model"]), 0, fromAnthropicUsage(message["usage"])));
    // A turn that continues after a tool's result can come whole with its first event.
    for (const content of asList(message["content"])) open(asObject(content), deltas);
    close(deltas);
  }

  function note(body: JsonObject, delta: JsonObject): void {
    stopReason = asText(delta["stop_reason"]) || stopReason;
    counts = mergeCounts(counts, asObject(body["usage"]));
    extras = mergeCounts(mergeCounts(extras, body), delta);
  }

  function open(content: JsonObject, deltas: ChatDelta[]): void {
    close(deltas);
    const last = text;
    text = undefined;
    switch (content["type"]) {
      case "text":
        text = { alone: standsAlone(content, blockExtras(content)) };
        block = openText(content, text.alone || last?.alone === true, deltas);
        return;
      case "thinking":
        block = openThinking(content, deltas);
        return;
      case "redacted_thinking":
        block = openRedacted(content);
        return;
      case "tool_use":
        block = openTool(content, deltas);
        return;
      case undefined:
        return;
      default:
        block = openForeign(content);
    }
  }

  function openTool(content: JsonObject, deltas: ChatDelta[]): OpenBlock {
    const name = asText(content["name"]);
    if (reading.answerTool !== "" && name === reading.answerTool) return openTextByTool(content);
    if (toolCalls >= MAX_TOOL_CALLS) throw malformedAnswer("The provider's stream has too many tool calls.");
    return openToolUse(content, { index: toolCalls++, name: reading.toolName(name) }, deltas);
  }

  function more(delta: JsonObject, deltas: ChatDelta[]): void {
    // Some servers leave out the event that opens a text.
    if (block === undefined && delta["type"] === "text_delta") open({ type: "text" }, deltas);
    block?.more(delta, deltas);
  }

  function close(deltas: ChatDelta[]): void {
    block?.close(deltas);
    block = undefined;
  }

  function finish(deltas: ChatDelta[]): void {
    if (!started || stopReason === "") throw malformedAnswer("The provider's stream ended without a reason.");
    close(deltas);
    for (const field of extraFieldsOf(extras, DELTA_FIELDS, ANTHROPIC_DIALECT)) deltas.push(extraFieldDelta(0, field));
    for (const field of usageExtras(counts)) deltas.push(extraFieldDelta(0, field));
    deltas.push(finishedDelta(0, finishOf(stopReason, reading.answerTool !== "", toolCalls > 0), stopReason));
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
