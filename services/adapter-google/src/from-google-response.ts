import { asCount, asList, asObject, asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { addReasoning, addText, addToolCall, mediaPart } from "@fairlead/adapter-kit/parts";
import type { Adaptation, ChatResponse, Choice } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import type { Embedding, EmbeddingOutput } from "@fairlead/contracts/chat/v1/embedding";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { refuseErrorObject } from "./errors.ts";
import { fromGoogleFinishReason } from "./finish-reason.ts";
import { fromGoogleUsage } from "./usage.ts";

/** What reading an answer needs beside it. */
export interface GoogleReading {
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
  const body = asObject(json);
  refuseErrorObject(body, reading.now);
  const id = asText(body["responseId"]);
  const choices = asList(body["candidates"]).map((candidate, position) => toChoice(asObject(candidate), position, id, reading));
  if (choices.length === 0) choices.push(blockedChoice(blockReason(body)));
  const usage = fromGoogleUsage(body["usageMetadata"]);
  return {
    $typeName: "fairlead.chat.v1.ChatResponse",
    id,
    model: asText(body["modelVersion"]),
    createdUnixSeconds: 0n,
    choices: choices.sort((a, b) => a.index - b.index),
    ...(usage === undefined ? {} : { usage }),
    adaptations: [...adaptations],
  };
}

/** Why a prompt was blocked. Throws MALFORMED_ANSWER where it was not, and there is no answer either. */
export function blockReason(body: JsonObject): string {
  const reason = asText(asObject(body["promptFeedback"])["blockReason"]);
  if (reason === "") throw malformedAnswer("The provider's answer has no candidates.");
  return reason;
}

/** Id of a tool call: the provider's, else one made of the answer's. */
export function toolCallId(call: JsonObject, answerId: string, choice: number, index: number, newId: () => string): string {
  return asText(call["id"]) || (answerId === "" ? `call_${newId()}` : `call_${answerId}_${choice}_${index}`);
}

/** Bytes of media that came inside an answer; undefined where there are none. */
export function inlineMedia(part: JsonObject): Part | undefined {
  const inline = asObject(part["inlineData"]);
  const data = asText(inline["data"]);
  if (data === "") return undefined;
  return mediaPart(new Uint8Array(Buffer.from(data, "base64")), asText(inline["mimeType"]) || "application/octet-stream");
}

function blockedChoice(reason: string): Choice {
  return { $typeName: "fairlead.chat.v1.Choice", index: 0, parts: [], finishReason: FinishReason.CONTENT_FILTER, rawFinishReason: reason };
}

function toChoice(candidate: JsonObject, position: number, answerId: string, reading: GoogleReading): Choice {
  const index = candidate["index"] === undefined ? position : asCount(candidate["index"]);
  const parts: Part[] = [];
  let toolCalls = 0;
  for (const each of asList(asObject(candidate["content"])["parts"])) {
    const part = asObject(each);
    const signature = stateToBytes(asText(part["thoughtSignature"]));
    if (isObject(part["functionCall"])) {
      const call = part["functionCall"];
      const id = toolCallId(call, answerId, index, toolCalls++, reading.newId);
      addToolCall(parts, { id, name: asText(call["name"]), argumentsJson: JSON.stringify(call["args"] ?? {}), signature });
      continue;
    }
    const media = inlineMedia(part);
    if (media !== undefined) parts.push(media);
    if (part["thought"] === true) addThought(parts, asText(part["text"]), signature);
    else {
      addText(parts, asText(part["text"]));
      // The signature of spoken text closes it as a thought without words.
      if (signature.length > 0) addReasoning(parts, { text: "", signature, redacted: false, provider: "google" });
    }
  }
  const raw = asText(candidate["finishReason"]);
  const finishReason = fromGoogleFinishReason(raw, toolCalls > 0);
  return { $typeName: "fairlead.chat.v1.Choice", index, parts, finishReason, rawFinishReason: raw };
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

/**
 * Reads vectors.
 *
 * @param texts number of texts that were sent
 * @throws FairleadError MALFORMED_ANSWER where it is not one vector a text
 */
export function fromGoogleEmbedding(json: unknown, model: string, texts: number, now: number): EmbeddingOutput {
  const body = asObject(json);
  refuseErrorObject(body, now);
  const embeddings = asList(body["embeddings"]).map((each): Embedding => {
    const values = asList(asObject(each)["values"]).map((value) => (typeof value === "number" ? value : 0));
    return { $typeName: "fairlead.chat.v1.Embedding", values };
  });
  if (embeddings.length !== texts || embeddings.some((embedding) => embedding.values.length === 0)) {
    throw malformedAnswer("The provider's answer has not one vector for each text.");
  }
  const usage = fromGoogleUsage(body["usageMetadata"]);
  return { $typeName: "fairlead.chat.v1.EmbeddingOutput", model, embeddings, ...(usage === undefined ? {} : { usage }) };
}
