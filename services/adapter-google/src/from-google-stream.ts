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
import { extraFieldsOf } from "@fairlead/adapter-kit/foreign";
import { asCount, asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { eventObject } from "@fairlead/adapter-kit/stream-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { GOOGLE_DIALECT } from "./dialect.ts";
import { refuseErrorObject } from "./errors.ts";
import { partExtras, readGooglePart } from "./from-google-part.ts";
import { ANSWER_FIELDS, blockReason, CANDIDATE_FIELDS, createdSeconds, finishOf, toolCallId } from "./from-google-response.ts";
import { latestFields } from "./latest-fields.ts";
import { createPartialArguments, type PartialArguments } from "./partial-arguments.ts";
import { fromGoogleUsage, usageExtras } from "./usage.ts";

/** Answers in one stream at most, and calls of tools in one of them. */
const MAX_CHOICES = 64;
const MAX_TOOL_CALLS = 4_096;

/** Names of a part's fields among the steps of a stream begin so. */
export const PART_PREFIX = "part.";

interface OpenChoice {
  readonly index: number;
  toolCalls: number;
  /** The call whose arguments come in pieces. */
  pending: PartialArguments | undefined;
  reason: string;
  /** Fields that are not known, as they were told last. */
  extras: JsonObject;
}

/**
 * Decodes a stream of generateContent. It has no terminal event: it is complete when it ends and every candidate told why
 * it ended. Some models tell it with every event, so it counts at the end alone.
 *
 * @param now unix milliseconds
 */
export function createGoogleStream(now: () => number, newId: () => string): StreamDecoder {
  const choices = new Map<number, OpenChoice>();
  let started = false;
  let ended = false;
  let answerId = "";
  let blocked = "";
  /** The last event, where it told the end of an answer. */
  let lastEnd = "";
  let usage: JsonObject = {};
  let extras: JsonObject = {};

  function push(event: ServerSentEvent, deltas: ChatDelta[]): void {
    // Some proxies send the last event again.
    if (ended || event.data === lastEnd) return;
    const body = eventObject(event);
    refuseErrorObject(body, now());
    if (!started) {
      started = true;
      answerId = asText(body["responseId"]);
      deltas.push(startedDelta(answerId, asText(body["modelVersion"]), createdSeconds(body)));
    }
    const candidates = asList(body["candidates"]).map(asObject);
    candidates.forEach((candidate, position) => readCandidate(candidate, position, deltas));
    lastEnd = candidates.some((candidate) => asText(candidate["finishReason"]) !== "") ? event.data : "";
    blocked = blockReason(body) || blocked;
    usage = latestFields(usage, asObject(body["usageMetadata"]));
    extras = latestFields(extras, body, ANSWER_FIELDS);
  }

  function readCandidate(candidate: JsonObject, position: number, deltas: ChatDelta[]): void {
    const choice = choiceAt(candidate["index"] === undefined ? position : asCount(candidate["index"]));
    for (const part of asList(asObject(candidate["content"])["parts"])) readPart(choice, asObject(part), deltas);
    choice.reason = asText(candidate["finishReason"]) || choice.reason;
    choice.extras = latestFields(choice.extras, candidate, CANDIDATE_FIELDS);
  }

  function choiceAt(index: number): OpenChoice {
    let choice = choices.get(index);
    if (choice === undefined) {
      if (choices.size >= MAX_CHOICES) throw malformedAnswer("The provider's stream has too many candidates.");
      choice = { index, toolCalls: 0, pending: undefined, reason: "", extras: {} };
      choices.set(index, choice);
    }
    return choice;
  }

  function readPart(choice: OpenChoice, part: JsonObject, deltas: ChatDelta[]): void {
    const read = readGooglePart(part);
    if (read === undefined) return;
    const { index } = choice;
    if (read.kind === "call") {
      readCall(choice, read.call, read.signature, deltas);
    } else {
      closePending(choice, deltas);
      if (read.kind === "whole") deltas.push(partDelta(index, read.part));
      else if (read.text !== "") deltas.push(read.isThought ? reasoningDelta(index, read.text) : textDelta(index, read.text));
    }
    for (const field of read.kind === "whole" ? [] : partExtras(part, PART_PREFIX)) deltas.push(extraFieldDelta(index, field));
    if (read.kind !== "call" && read.signature.length > 0) deltas.push(reasoningSealedDelta(index, read.signature, false));
  }

  function readCall(choice: OpenChoice, call: JsonObject, signature: Uint8Array<ArrayBuffer>, deltas: ChatDelta[]): void {
    const { index } = choice;
    const name = asText(call["name"]);
    if (name !== "") {
      closePending(choice, deltas);
      if (choice.toolCalls >= MAX_TOOL_CALLS) throw malformedAnswer("The provider's stream has too many tool calls.");
      const at = choice.toolCalls++;
      deltas.push(toolCallStartedDelta(index, { index: at, id: toolCallId(call, answerId, index, at, newId), name, signature }));
      if (call["willContinue"] !== true && call["partialArgs"] === undefined) {
        deltas.push(toolCallArgumentsDelta(index, at, JSON.stringify(call["args"] ?? {})));
        return;
      }
      choice.pending = createPartialArguments();
    }
    choice.pending?.add(call["partialArgs"]);
    if (call["willContinue"] !== true) closePending(choice, deltas);
  }

  function closePending(choice: OpenChoice, deltas: ChatDelta[]): void {
    if (choice.pending === undefined) return;
    deltas.push(toolCallArgumentsDelta(choice.index, choice.toolCalls - 1, choice.pending.text()));
    choice.pending = undefined;
  }

  function end(deltas: ChatDelta[]): void {
    ended = true;
    if (choices.size === 0 && blocked === "") throw malformedAnswer("The provider's stream held no answer.");
    for (const field of [...extraFieldsOf(extras, ANSWER_FIELDS, GOOGLE_DIALECT), ...usageExtras(usage)]) deltas.push(extraFieldDelta(0, field));
    if (choices.size === 0) deltas.push(finishedDelta(0, FinishReason.CONTENT_FILTER, blocked));
    for (const choice of choices.values()) finish(choice, deltas);
    const counted = fromGoogleUsage(usage);
    if (counted !== undefined) deltas.push(usageDelta(counted));
  }

  function finish(choice: OpenChoice, deltas: ChatDelta[]): void {
    const { index } = choice;
    const raw = choice.reason || blocked;
    if (raw === "") throw malformedAnswer("The provider's stream was cut off.");
    closePending(choice, deltas);
    for (const field of extraFieldsOf(choice.extras, CANDIDATE_FIELDS, GOOGLE_DIALECT)) deltas.push(extraFieldDelta(index, field));
    deltas.push(finishedDelta(index, finishOf(raw, blocked, choice.toolCalls > 0), raw));
  }

  return { push, done: false, end };
}
