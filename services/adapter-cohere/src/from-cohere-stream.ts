import type { StreamDecoder } from "@fairlead/adapter-kit/delta-source";
import {
  extraFieldDelta,
  finishedDelta,
  partDelta,
  reasoningDelta,
  reasoningSealedDelta,
  startedDelta,
  textDelta,
  toolCallArgumentsDelta,
  toolCallStartedDelta,
  usageDelta,
} from "@fairlead/adapter-kit/deltas";
import type { ServerSentEvent } from "@fairlead/adapter-kit/event-decoder";
import { extraFieldsOf, foreignPart } from "@fairlead/adapter-kit/foreign";
import { asCount, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { eventObject } from "@fairlead/adapter-kit/stream-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { COHERE_DIALECT, TOOL_PLAN } from "./dialect.ts";
import { refuseErrorObject, refuseFailedFinish } from "./errors.ts";
import { fromCohereFinishReason } from "./finish-reason.ts";
import { argumentsText } from "./from-cohere-response.ts";
import { type ArgumentFragments, createArgumentFragments } from "./tool-arguments.ts";
import { fromCohereUsage } from "./usage.ts";

/** Tool calls at most: a hostile stream must not make this state grow. */
const MAX_TOOL_CALLS = 1_024;

const NONE: ReadonlySet<string> = new Set();

/** The call that is open. Cohere's number of it is neither a choice nor dense, so calls are counted here. */
interface OpenCall {
  readonly index: number;
  /** Cohere's number. */
  readonly number: number;
  readonly fragments: ArgumentFragments;
}

/** What is open: what comes next closes it. */
type Open = "thinking" | "plan" | "text" | undefined;

/**
 * Decodes a stream of v2 chat. It is complete with `message-end`.
 *
 * @param model that was asked: Cohere does not name it
 */
export function createCohereStream(model: string, now: () => number): StreamDecoder {
  let open: Open;
  const calls = new Map<number, OpenCall>();
  let callCount = 0;
  let started = false;
  let done = false;

  function push(event: ServerSentEvent, deltas: ChatDelta[]): void {
    const body = eventObject(event);
    refuseErrorObject(body, now());
    const message = asObject(asObject(body["delta"])["message"]);
    switch (body["type"]) {
      case "message-start":
        return start(body, deltas);
      case "content-start":
        return openContent(asObject(message["content"]), deltas);
      case "content-delta":
        return more(body, asObject(message["content"]), deltas);
      case "content-end":
        return close(deltas);
      case "tool-plan-delta":
        return plan(asText(message["tool_plan"]), deltas);
      case "tool-call-start":
        return openCall(body, asObject(message["tool_calls"]), deltas);
      case "tool-call-delta":
        return moreOfCall(callOf(body), asObject(message["tool_calls"]), deltas);
      case "tool-call-end":
        return closeCall(callOf(body), deltas);
      case "citation-start":
        return addFields("delta.", { citations: message["citations"] }, deltas);
      case "message-end":
        return finish(asObject(body["delta"]), deltas);
      default:
      // Ends of citations, and events of later versions.
    }
  }

  function start(body: JsonObject, deltas: ChatDelta[]): void {
    if (started) return;
    started = true;
    deltas.push(startedDelta(asText(body["id"]), model, 0));
  }

  function openContent(content: JsonObject, deltas: ChatDelta[]): void {
    close(deltas);
    const { type } = content;
    if (type === "text" || type === "thinking" || type === undefined) return addContent(content, deltas);
    const foreign = foreignPart(COHERE_DIALECT, content);
    if (foreign !== undefined) deltas.push(partDelta(0, foreign));
  }

  function more(body: JsonObject, content: JsonObject, deltas: ChatDelta[]): void {
    addContent(content, deltas);
    if (body["logprobs"] !== undefined) addFields("", { logprobs: body["logprobs"] }, deltas);
  }

  function addContent(content: JsonObject, deltas: ChatDelta[]): void {
    const thinking = asText(content["thinking"]);
    const text = asText(content["text"]);
    if (thinking !== "") {
      if (open !== "thinking") close(deltas);
      open = "thinking";
      deltas.push(reasoningDelta(0, thinking));
    }
    if (text !== "") {
      if (open !== "text") close(deltas);
      open = "text";
      deltas.push(textDelta(0, text));
    }
  }

  function plan(text: string, deltas: ChatDelta[]): void {
    if (text === "") return;
    if (open !== "plan") close(deltas);
    open = "plan";
    deltas.push(reasoningDelta(0, text));
  }

  function close(deltas: ChatDelta[]): void {
    if (open === "thinking") deltas.push(reasoningSealedDelta(0, stateToBytes(""), false));
    if (open === "plan") deltas.push(reasoningSealedDelta(0, stateToBytes(TOOL_PLAN), false));
    open = undefined;
  }

  function openCall(body: JsonObject, call: JsonObject, deltas: ChatDelta[]): void {
    close(deltas);
    const called = asObject(call["function"]);
    const name = asText(called["name"]);
    if (name === "") throw malformedAnswer("A tool call of the provider's stream has no name.");
    if (callCount >= MAX_TOOL_CALLS) throw malformedAnswer("The provider's stream has too many tool calls.");
    const number = asCount(body["index"]);
    const before = calls.get(number);
    if (before !== undefined) closeCall(before, deltas);
    const opened = { index: callCount++, number, fragments: createArgumentFragments() };
    calls.set(number, opened);
    deltas.push(
      toolCallStartedDelta(0, { index: opened.index, id: asText(call["id"]), name, signature: stateToBytes("") }),
    );
    moreOfCall(opened, call, deltas);
  }

  function callOf(body: JsonObject): OpenCall {
    const found = calls.get(asCount(body["index"]));
    if (found === undefined) throw malformedAnswer("The provider's stream goes on with a tool call that is not open.");
    return found;
  }

  function moreOfCall({ index, fragments }: OpenCall, call: JsonObject, deltas: ChatDelta[]): void {
    const fragment = fragments.take(argumentsText(asObject(call["function"])["arguments"]));
    if (fragment !== "") deltas.push(toolCallArgumentsDelta(0, index, fragment));
  }

  function closeCall({ index, number, fragments }: OpenCall, deltas: ChatDelta[]): void {
    calls.delete(number);
    const rest = fragments.end();
    if (rest !== "") deltas.push(toolCallArgumentsDelta(0, index, rest));
  }

  function finish(delta: JsonObject, deltas: ChatDelta[]): void {
    const raw = asText(delta["finish_reason"]);
    refuseFailedFinish(raw, asText(delta["error"]), now());
    if (!started || raw === "") throw malformedAnswer("The provider's stream ended without a reason.");
    close(deltas);
    for (const call of calls.values()) closeCall(call, deltas);
    deltas.push(finishedDelta(0, fromCohereFinishReason(raw), raw));
    const usage = fromCohereUsage(delta["usage"]);
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

function addFields(prefix: string, fields: JsonObject, deltas: ChatDelta[]): void {
  for (const field of extraFieldsOf(fields, NONE, COHERE_DIALECT, prefix)) deltas.push(extraFieldDelta(0, field));
}
