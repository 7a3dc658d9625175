import type { StreamDecoder } from "@fairlead/adapter-kit/delta-source";
import {
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
import { asCount, asList, asObject, asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { eventObject } from "@fairlead/adapter-kit/stream-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { refuseErrorObject } from "./errors.ts";
import { fromGoogleFinishReason } from "./finish-reason.ts";
import { inlineMedia, toolCallId } from "./from-google-response.ts";
import { createPartialArguments, type PartialArguments } from "./partial-arguments.ts";
import { fromGoogleUsage } from "./usage.ts";

/** Answers in one stream at most. */
const MAX_CHOICES = 64;

interface OpenChoice {
  toolCalls: number;
  /** The call whose arguments come in pieces. */
  pending: PartialArguments | undefined;
  reason: string;
}

/**
 * Decodes a stream of generateContent. It has no terminal event: it is complete when it ends and every candidate told why
 * it ended. Some models tell it with every event, so it counts at the end alone.
 */
export function createGoogleStream(now: () => number, newId: () => string): StreamDecoder {
  const choices = new Map<number, OpenChoice>();
  let started = false;
  let answerId = "";
  let blocked = "";
  let usage: TokenUsage | undefined;

  function push(event: ServerSentEvent, deltas: ChatDelta[]): void {
    const body = eventObject(event);
    refuseErrorObject(body, now());
    if (!started) {
      started = true;
      answerId = asText(body["responseId"]);
      deltas.push(startedDelta(answerId, asText(body["modelVersion"]), 0));
    }
    asList(body["candidates"]).forEach((candidate, position) => readCandidate(asObject(candidate), position, deltas));
    blocked = asText(asObject(body["promptFeedback"])["blockReason"]) || blocked;
    usage = fromGoogleUsage(body["usageMetadata"]) ?? usage;
  }

  function readCandidate(candidate: JsonObject, position: number, deltas: ChatDelta[]): void {
    const index = candidate["index"] === undefined ? position : asCount(candidate["index"]);
    const choice = choiceAt(index);
    for (const part of asList(asObject(candidate["content"])["parts"])) readPart(index, choice, asObject(part), deltas);
    choice.reason = asText(candidate["finishReason"]) || choice.reason;
  }

  function choiceAt(index: number): OpenChoice {
    let choice = choices.get(index);
    if (choice === undefined) {
      if (choices.size >= MAX_CHOICES) throw malformedAnswer("The provider's stream has too many candidates.");
      choice = { toolCalls: 0, pending: undefined, reason: "" };
      choices.set(index, choice);
    }
    return choice;
  }

  function readPart(index: number, choice: OpenChoice, part: JsonObject, deltas: ChatDelta[]): void {
    const signature = stateToBytes(asText(part["thoughtSignature"]));
    if (isObject(part["functionCall"])) return readCall(index, choice, part["functionCall"], signature, deltas);
    const media = inlineMedia(part);
    if (media !== undefined) deltas.push(partDelta(index, media));
    const text = asText(part["text"]);
    if (text !== "") deltas.push(part["thought"] === true ? reasoningDelta(index, text) : textDelta(index, text));
    if (signature.length > 0) deltas.push(reasoningSealedDelta(index, signature, false));
  }

  function readCall(index: number, choice: OpenChoice, call: JsonObject, signature: Uint8Array<ArrayBuffer>, deltas: ChatDelta[]): void {
    const name = asText(call["name"]);
    if (name !== "") {
      closePending(index, choice, deltas);
      const at = choice.toolCalls++;
      deltas.push(toolCallStartedDelta(index, { index: at, id: toolCallId(call, answerId, index, at, newId), name, signature }));
      if (call["willContinue"] !== true && call["partialArgs"] === undefined) {
        deltas.push(toolCallArgumentsDelta(index, at, JSON.stringify(call["args"] ?? {})));
        return;
      }
      choice.pending = createPartialArguments();
    }
    choice.pending?.add(call["partialArgs"]);
    if (call["willContinue"] !== true) closePending(index, choice, deltas);
  }

  function closePending(index: number, choice: OpenChoice, deltas: ChatDelta[]): void {
    if (choice.pending === undefined) return;
    deltas.push(toolCallArgumentsDelta(index, choice.toolCalls - 1, choice.pending.text()));
    choice.pending = undefined;
  }

  function end(deltas: ChatDelta[]): void {
    if (choices.size === 0 && blocked !== "") deltas.push(finishedDelta(0, FinishReason.CONTENT_FILTER, blocked));
    else if (choices.size === 0) throw malformedAnswer("The provider's stream held no answer.");
    for (const [index, choice] of choices) {
      if (choice.reason === "") throw malformedAnswer("The provider's stream was cut off.");
      closePending(index, choice, deltas);
      deltas.push(finishedDelta(index, fromGoogleFinishReason(choice.reason, choice.toolCalls > 0), choice.reason));
    }
    if (usage !== undefined) deltas.push(usageDelta(usage));
  }

  return { push, done: false, end };
}
