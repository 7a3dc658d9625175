import type { StreamDecoder } from "@fairlead/adapter-kit/delta-source";
import {
  extraFieldDelta,
  finishedDelta,
  reasoningDelta,
  startedDelta,
  textDelta,
  toolCallArgumentsDelta,
  toolCallStartedDelta,
  usageDelta,
} from "@fairlead/adapter-kit/deltas";
import { deltaBytes } from "@fairlead/adapter-kit/estimate-usage";
import type { ServerSentEvent } from "@fairlead/adapter-kit/event-decoder";
import { extraFieldsOf } from "@fairlead/adapter-kit/foreign";
import { asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { eventObject } from "@fairlead/adapter-kit/stream-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { OLLAMA_DIALECT } from "./dialect.ts";
import { refuseErrorObject } from "./errors.ts";
import { fromOllamaDoneReason } from "./finish-reason.ts";
import { ANSWER_FIELDS, createdSeconds, MESSAGE_FIELDS, readCalls, type ReadingFacts } from "./from-ollama-response.ts";
import { fromOllamaUsage } from "./usage.ts";

/** Tool calls at most: a hostile stream must not go on calling. */
const MAX_TOOL_CALLS = 1_024;

/** Decodes a stream of /api/chat: a JSON object a line. It is complete with the line that says so. */
export function createOllamaStream(facts: ReadingFacts): StreamDecoder {
  let started = false;
  let callCount = 0;
  let forcedCall: number | undefined;
  let outputBytes = 0;
  let done = false;

  function push(event: ServerSentEvent, deltas: ChatDelta[]): void {
    const line = eventObject(event);
    refuseErrorObject(line, facts.now());
    if (!started) deltas.push(startedDelta("", asText(line["model"]), createdSeconds(line)));
    started = true;
    const before = deltas.length;
    readMessage(asObject(line["message"]), deltas);
    for (let index = before; index < deltas.length; index++) outputBytes += deltaBytes(deltas[index] as ChatDelta);
    for (const field of extraFieldsOf(line, ANSWER_FIELDS, OLLAMA_DIALECT)) deltas.push(extraFieldDelta(0, field));
    if (line["done"] === true) finish(line, deltas);
  }

  function readMessage(message: JsonObject, deltas: ChatDelta[]): void {
    const thinking = asText(message["thinking"]);
    if (thinking !== "") deltas.push(reasoningDelta(0, thinking));
    const text = asText(message["content"]);
    if (text !== "") readText(text, deltas);
    for (const { id, name, argumentsJson } of readCalls(message, facts.newId)) {
      const index = startCall(id, name, deltas);
      deltas.push(toolCallArgumentsDelta(0, index, argumentsJson));
    }
    for (const field of extraFieldsOf(message, MESSAGE_FIELDS, OLLAMA_DIALECT, "message."))
      deltas.push(extraFieldDelta(0, field));
  }

  function readText(text: string, deltas: ChatDelta[]): void {
    if (facts.forcedTool === undefined) return void deltas.push(textDelta(0, text));
    forcedCall ??= startCall(`call_${facts.newId()}`, facts.forcedTool, deltas);
    deltas.push(toolCallArgumentsDelta(0, forcedCall, text));
  }

  function startCall(id: string, name: string, deltas: ChatDelta[]): number {
    if (callCount >= MAX_TOOL_CALLS) throw malformedAnswer("The provider's stream has too many tool calls.");
    const index = callCount++;
    deltas.push(toolCallStartedDelta(0, { index, id, name, signature: stateToBytes("") }));
    return index;
  }

  function finish(line: JsonObject, deltas: ChatDelta[]): void {
    const raw = asText(line["done_reason"]);
    deltas.push(finishedDelta(0, fromOllamaDoneReason(raw, callCount > 0), raw));
    const usage = fromOllamaUsage(line, () => ({ promptTokens: facts.promptTokens(), outputBytes }));
    if (usage !== undefined) deltas.push(usageDelta(usage));
    done = true;
  }

  return {
    framing: "lines",
    push,
    get done() {
      return done;
    },
    end() {
      throw malformedAnswer("The provider's stream was cut off.");
    },
  };
}
