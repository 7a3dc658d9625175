import { extraFieldsOf } from "@fairlead/adapter-kit/foreign";
import { asCount, asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { addReasoning, addText, addToolCall } from "@fairlead/adapter-kit/parts";
import type { Adaptation, ChatResponse, Choice } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { GOOGLE_DIALECT } from "./dialect.ts";
import { refuseErrorObject } from "./errors.ts";
import { fromGoogleFinishReason } from "./finish-reason.ts";
import { type GooglePartReading, partExtras, readGooglePart } from "./from-google-part.ts";
import { fromGoogleUsage, usageExtras } from "./usage.ts";

/** Fields of an answer that are known, whole and in the events of a stream. */
export const ANSWER_FIELDS: ReadonlySet<string> = new Set(["candidates", "usageMetadata", "modelVersion", "responseId", "createTime"]);

/** Fields of a candidate that are known. */
export const CANDIDATE_FIELDS: ReadonlySet<string> = new Set(["content", "finishReason", "index"]);

const NO_SIGNATURE = stateToBytes("");

/** What reading an answer needs beside it. */
export interface GoogleReading {
  /** Unix milliseconds. */
  readonly now: number;
  /** A new unique name, for calls of tools that the provider did not name. */
  readonly newId: () => string;
}

/**
 * Reads an answer of generateContent. A prompt that was blocked is an answer without words.
 *
 * @throws FairleadError MALFORMED_ANSWER where there is no answer in it, or what an error in its place means
 */
export function fromGoogleResponse(json: unknown, adaptations: readonly Adaptation[], reading: GoogleReading): ChatResponse {
  const body = asObject(Array.isArray(json) ? json[0] : json);
  refuseErrorObject(body, reading.now);
  const id = asText(body["responseId"]);
  const blocked = blockReason(body);
  const choices = asList(body["candidates"]).map((each, position) => toChoice(asObject(each), { position, answerId: id, blocked, reading }));
  if (choices.length === 0 && blocked === "") throw malformedAnswer("The provider's answer has no candidates.");
  if (choices.length === 0) choices.push(choiceOf(0, [], FinishReason.CONTENT_FILTER, blocked));
  const usage = fromGoogleUsage(body["usageMetadata"]);
  return {
    $typeName: "fairlead.chat.v1.ChatResponse",
    id,
    model: asText(body["modelVersion"]),
    createdUnixSeconds: BigInt(createdSeconds(body)),
    choices: choices.sort((a, b) => a.index - b.index),
    ...(usage === undefined ? {} : { usage }),
    adaptations: [...adaptations],
    extraFields: [...extraFieldsOf(body, ANSWER_FIELDS, GOOGLE_DIALECT), ...usageExtras(body["usageMetadata"])],
  };
}

/** Why a prompt was blocked. Empty: it was not. */
export function blockReason(body: JsonObject): string {
  return asText(asObject(body["promptFeedback"])["blockReason"]);
}

/** Seconds since 1970 at which an answer was made. 0: it does not say. */
export function createdSeconds(body: JsonObject): number {
  const time = Date.parse(asText(body["createTime"]));
  return time > 0 ? Math.floor(time / 1000) : 0;
}

/** Id of a tool call: the provider's, else one made of the answer's. */
export function toolCallId(call: JsonObject, answerId: string, choice: number, index: number, newId: () => string): string {
  return asText(call["id"]) || (answerId === "" ? `call_${newId()}` : `call_${answerId}_${choice}_${index}`);
}

interface ChoiceFacts {
  readonly position: number;
  readonly answerId: string;
  readonly blocked: string;
  readonly reading: GoogleReading;
}

function toChoice(candidate: JsonObject, { position, answerId, blocked, reading }: ChoiceFacts): Choice {
  const index = candidate["index"] === undefined ? position : asCount(candidate["index"]);
  const parts: Part[] = [];
  let toolCalls = 0;
  const nextId = (call: JsonObject) => toolCallId(call, answerId, index, toolCalls++, reading.newId);
  for (const each of asList(asObject(candidate["content"])["parts"])) {
    const part = asObject(each);
    const read = readGooglePart(part);
    if (read !== undefined) addPart(parts, read, part, nextId);
  }
  const raw = asText(candidate["finishReason"]) || blocked;
  const choice = choiceOf(index, parts, finishOf(raw, blocked, toolCalls > 0), raw);
  choice.extraFields = extraFieldsOf(candidate, CANDIDATE_FIELDS, GOOGLE_DIALECT);
  return choice;
}

/** Why a candidate ended; one that was cut short by a block of the prompt is withheld. */
export function finishOf(raw: string, blocked: string, hasToolCalls: boolean): FinishReason {
  return raw !== "" && raw === blocked ? FinishReason.CONTENT_FILTER : fromGoogleFinishReason(raw, hasToolCalls);
}

function choiceOf(index: number, parts: Part[], finishReason: FinishReason, rawFinishReason: string): Choice {
  return { $typeName: "fairlead.chat.v1.Choice", index, parts, finishReason, rawFinishReason, extraFields: [] };
}

function addPart(parts: Part[], read: GooglePartReading, part: JsonObject, nextId: (call: JsonObject) => string): void {
  const { signature } = read;
  if (read.kind === "call") {
    const { call } = read;
    addToolCall(parts, { id: nextId(call), name: asText(call["name"]), argumentsJson: JSON.stringify(call["args"] ?? {}), signature });
  } else if (read.kind === "whole") {
    parts.push(read.part);
  } else if (read.isThought) {
    addThought(parts, read.text, NO_SIGNATURE);
  } else {
    addText(parts, read.text);
  }
  if (read.kind !== "whole") parts.at(-1)?.extraFields.push(...partExtras(part));
  // The signature of what is said closes it as a thought without words.
  if (read.kind !== "call" && signature.length > 0) addThought(parts, "", signature);
}

/** Thoughts that follow thoughts continue them until a signature closes them, as in a stream. */
function addThought(parts: Part[], text: string, signature: Uint8Array<ArrayBuffer>): void {
  const last = parts.at(-1)?.content;
  if (last?.case === "reasoning" && last.value.signature.length === 0) {
    last.value.text += text;
    last.value.signature = signature;
  } else if (text !== "" || signature.length > 0) {
    addReasoning(parts, { text, signature, redacted: false, provider: "google" });
  }
}
