import { asCount, asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { addReasoning, addRefusal, addText, addToolCall, mediaPart } from "@fairlead/adapter-kit/parts";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import type { Adaptation, ChatResponse, Choice } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import type { Embedding, EmbeddingOutput } from "@fairlead/contracts/chat/v1/embedding";
import { refuseErrorObject } from "./errors.ts";
import { fromOpenaiFinishReason } from "./finish-reason.ts";
import { fromOpenaiUsage } from "./usage.ts";

/**
 * Reads a chat completion.
 *
 * @throws FairleadError MALFORMED_ANSWER where there is no answer in it, or what an error in its place means
 */
export function fromOpenaiResponse(json: unknown, adaptations: readonly Adaptation[], now: number): ChatResponse {
  const body = asObject(json);
  refuseErrorObject(body, now);
  const choices = asList(body["choices"]).map((choice, position) => toChoice(asObject(choice), position));
  if (choices.length === 0) throw malformedAnswer("The provider's answer has no choices.");
  const usage = fromOpenaiUsage(body["usage"]);
  return {
    $typeName: "fairlead.chat.v1.ChatResponse",
    id: asText(body["id"]),
    model: asText(body["model"]),
    createdUnixSeconds: BigInt(Math.trunc(asCountOfSeconds(body["created"]))),
    choices: choices.sort((a, b) => a.index - b.index),
    ...(usage === undefined ? {} : { usage }),
    adaptations: [...adaptations],
  };
}

/** Unix seconds that a provider told, 0 where it told none. */
export function asCountOfSeconds(value: unknown): number {
  return typeof value === "number" && value > 0 && value < 1e11 ? value : 0;
}

function toChoice(choice: JsonObject, position: number): Choice {
  const message = asObject(choice["message"]);
  const parts: Part[] = [];
  const reasoning = asText(message["reasoning_content"]) || asText(message["reasoning"]);
  if (reasoning !== "") addReasoning(parts, { text: reasoning, signature: stateToBytes(""), redacted: false, provider: "openai" });
  addText(parts, contentText(message["content"]));
  addRefusal(parts, asText(message["refusal"]));
  addSound(parts, asObject(message["audio"]));
  const calls = asList(message["tool_calls"]).map(asObject);
  for (const call of calls) addCall(parts, call);
  const raw = asText(choice["finish_reason"]);
  return {
    $typeName: "fairlead.chat.v1.Choice",
    index: choice["index"] === undefined ? position : asCount(choice["index"]),
    parts,
    finishReason: fromOpenaiFinishReason(raw, calls.length > 0),
    rawFinishReason: raw,
  };
}

/** Text content; some servers send it in parts. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return asList(content).map((part) => asText(asObject(part)["text"])).join("");
}

function addCall(parts: Part[], call: JsonObject): void {
  const called = asObject(call["function"]);
  const given = called["arguments"];
  const argumentsJson = typeof given === "string" ? given : JSON.stringify(given ?? {});
  addToolCall(parts, { id: asText(call["id"]), name: asText(called["name"]), argumentsJson: argumentsJson || "{}", signature: stateToBytes("") });
}

function addSound(parts: Part[], audio: JsonObject): void {
  const data = asText(audio["data"]);
  if (data === "") return;
  const part = mediaPart(new Uint8Array(Buffer.from(data, "base64")), "audio/wav");
  if (part.content.case === "audio") part.content.value.transcript = asText(audio["transcript"]);
  parts.push(part);
}

/**
 * Reads vectors.
 *
 * @param texts number of texts that were sent
 * @throws FairleadError MALFORMED_ANSWER where it is not one vector a text
 */
export function fromOpenaiEmbedding(json: unknown, texts: number, now: number): EmbeddingOutput {
  const body = asObject(json);
  refuseErrorObject(body, now);
  const embeddings = new Array<Embedding | undefined>(texts).fill(undefined);
  asList(body["data"]).forEach((item, position) => {
    const entry = asObject(item);
    const index = entry["index"] === undefined ? position : asCount(entry["index"]);
    if (index < texts) embeddings[index] = { $typeName: "fairlead.chat.v1.Embedding", values: vector(entry["embedding"]) };
  });
  const whole = embeddings.filter((embedding) => embedding !== undefined && embedding.values.length > 0);
  if (whole.length !== texts) throw malformedAnswer("The provider's answer has not one vector for each text.");
  const usage = fromOpenaiUsage(body["usage"]);
  return {
    $typeName: "fairlead.chat.v1.EmbeddingOutput",
    model: asText(body["model"]),
    embeddings: whole as Embedding[],
    ...(usage === undefined ? {} : { usage }),
  };
}

function vector(value: unknown): number[] {
  if (typeof value !== "string") return asList(value).map((component) => (typeof component === "number" ? component : 0));
  const bytes = Buffer.from(value, "base64");
  const values = new Array<number>(Math.floor(bytes.length / 4));
  for (let index = 0; index < values.length; index++) values[index] = bytes.readFloatLE(index * 4);
  return values;
}
