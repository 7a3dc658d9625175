import type { StreamDecoder } from "@fairlead/adapter-kit/delta-source";
import {
  finishedDelta,
  reasoningDelta,
  refusalDelta,
  startedDelta,
  textDelta,
  toolCallArgumentsDelta,
  toolCallStartedDelta,
  usageDelta,
} from "@fairlead/adapter-kit/deltas";
import type { ServerSentEvent } from "@fairlead/adapter-kit/event-decoder";
import { asCount, asList, asObject, asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { eventObject } from "@fairlead/adapter-kit/stream-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { refuseErrorObject } from "./errors.ts";
import { fromOpenaiFinishReason } from "./finish-reason.ts";
import { asCountOfSeconds, contentText } from "./from-openai-response.ts";
import { fromOpenaiUsage } from "./usage.ts";

/** Tool calls of one choice at most: a hostile stream must not make this state grow. */
const MAX_TOOL_CALLS = 1_024;

interface OpenCall {
  readonly index: number;
  readonly id: string;
  empty: boolean;
}

interface OpenChoice {
  /** Calls by the provider's own numbers, which may have gaps or repeat. */
  readonly calls: Map<number, OpenCall>;
  callCount: number;
  finished: boolean;
}

/** Decodes a stream of chat completion chunks. It is complete with `[DONE]` once every choice told why it ended. */
export function createOpenaiStream(now: () => number): StreamDecoder {
  const choices = new Map<number, OpenChoice>();
  let started = false;
  let usage: TokenUsage | undefined;
  let done = false;

  function push(event: ServerSentEvent, deltas: ChatDelta[]): void {
    if (event.data === "[DONE]") return finish(deltas);
    const chunk = eventObject(event);
    refuseErrorObject(chunk, now());
    const listed = asList(chunk["choices"]);
    if (!started && (listed.length > 0 || asText(chunk["id"]) !== "")) {
      started = true;
      deltas.push(startedDelta(asText(chunk["id"]), asText(chunk["model"]), asCountOfSeconds(chunk["created"])));
    }
    for (const choice of listed) readChoice(asObject(choice), deltas);
    usage = fromOpenaiUsage(chunk["usage"]) ?? usage;
  }

  function readChoice(choice: JsonObject, deltas: ChatDelta[]): void {
    const index = asCount(choice["index"]);
    const open = choiceAt(index);
    if (open.finished) return;
    readDelta(index, open, asObject(choice["delta"]), deltas);
    const raw = asText(choice["finish_reason"]);
    if (raw === "") return;
    open.finished = true;
    for (const call of open.calls.values()) closeCall(index, call, deltas);
    deltas.push(finishedDelta(index, fromOpenaiFinishReason(raw, open.callCount > 0), raw));
  }

  function choiceAt(index: number): OpenChoice {
    let open = choices.get(index);
    if (open === undefined) {
      if (choices.size >= 64) throw malformedAnswer("The provider's stream has too many choices.");
      open = { calls: new Map(), callCount: 0, finished: false };
      choices.set(index, open);
    }
    return open;
  }

  function finish(deltas: ChatDelta[]): void {
    const complete = choices.size > 0 && [...choices.values()].every((choice) => choice.finished);
    if (!complete) throw malformedAnswer("The provider's stream ended without a reason.");
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

function readDelta(index: number, open: OpenChoice, delta: JsonObject, deltas: ChatDelta[]): void {
  const reasoning = asText(delta["reasoning_content"]) || asText(delta["reasoning"]);
  if (reasoning !== "") deltas.push(reasoningDelta(index, reasoning));
  const text = contentText(delta["content"]);
  if (text !== "") deltas.push(textDelta(index, text));
  const refusal = asText(delta["refusal"]);
  if (refusal !== "") deltas.push(refusalDelta(index, refusal));
  for (const call of asList(delta["tool_calls"])) readCall(index, open, asObject(call), deltas);
}

function readCall(choice: number, open: OpenChoice, call: JsonObject, deltas: ChatDelta[]): void {
  const called = asObject(call["function"]);
  const id = asText(call["id"]);
  const number = call["index"] === undefined ? (id === "" ? open.callCount - 1 : open.callCount) : asCount(call["index"]);
  let found = open.calls.get(number);
  // Some servers number every call 0 and tell them apart by id alone.
  if (found === undefined || (id !== "" && found.id !== id)) {
    const name = asText(called["name"]);
    if (name === "") throw malformedAnswer("A tool call of the provider's stream has no name.");
    if (open.callCount >= MAX_TOOL_CALLS) throw malformedAnswer("The provider's stream has too many tool calls.");
    if (found !== undefined) closeCall(choice, found, deltas);
    found = { index: open.callCount++, id, empty: true };
    open.calls.set(number, found);
    deltas.push(toolCallStartedDelta(choice, { index: found.index, id, name, signature: stateToBytes("") }));
  }
  const given = called["arguments"];
  const fragment = isObject(given) ? JSON.stringify(given) : asText(given);
  if (fragment === "") return;
  found.empty = false;
  deltas.push(toolCallArgumentsDelta(choice, found.index, fragment));
}

/** A call without arguments has the arguments `{}`, as in an answer that is not streamed. */
function closeCall(choice: number, call: OpenCall, deltas: ChatDelta[]): void {
  if (!call.empty) return;
  call.empty = false;
  deltas.push(toolCallArgumentsDelta(choice, call.index, "{}"));
}
