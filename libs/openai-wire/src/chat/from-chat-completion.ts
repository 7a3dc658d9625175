import { extraFieldsOf } from "@fairlead/adapter-kit/foreign";
import { asCount, asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { addReasoning, addRefusal, addText, addToolCall } from "@fairlead/adapter-kit/parts";
import type { Adaptation, ChatResponse, Choice } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { CHAT_DIALECT } from "../dialects.ts";
import { refuseErrorObject } from "../error-object.ts";
import type { Flavor } from "../flavor.ts";
import {
  argumentsText,
  asUnixSeconds,
  calledTools,
  callId,
  contentPieces,
  KNOWN_CHOICE,
  KNOWN_MESSAGE,
  KNOWN_TOP,
  MAX_CHOICES,
  MAX_TOOL_CALLS,
  reasoningText,
} from "./answer-fields.ts";
import { imageParts, soundPart } from "./answer-media.ts";
import { customCallPart, isCustomCall } from "./custom-calls.ts";
import { fromChatFinishReason } from "./finish-reason.ts";
import { keptDetails } from "./reasoning-details.ts";
import { fromChatUsage } from "../usage.ts";

const KNOWN_CALL: ReadonlySet<string> = new Set(["id", "type", "index", "function"]);

/** What an answer is read by. */
export interface CompletionSettings {
  readonly flavor: Flavor;
  /** What of the request was not said. */
  readonly adaptations: readonly Adaptation[];
  /** Unix milliseconds. */
  readonly now: () => number;
}

/**
 * Reads a chat completion.
 *
 * @throws FairleadError MALFORMED_ANSWER where there is no answer in it, or what an error in its place means
 */
export function fromChatCompletion(json: unknown, { flavor, adaptations, now }: CompletionSettings): ChatResponse {
  const body = asObject(json);
  refuseErrorObject(body, now);
  const listed = asList(body["choices"]);
  if (listed.length === 0) throw malformedAnswer("The provider's answer has no choices.");
  if (listed.length > MAX_CHOICES) throw malformedAnswer("The provider's answer has too many choices.");
  const choices = listed.map((choice, position) => toChoice(asObject(choice), position, flavor, now));
  const usage = fromChatUsage(body["usage"]) ?? fromChatUsage(asObject(body["x_groq"])["usage"]);
  return {
    $typeName: "fairlead.chat.v1.ChatResponse",
    id: asText(body["id"]),
    model: asText(body["model"]),
    createdUnixSeconds: BigInt(asUnixSeconds(body["created"])),
    choices: choices.sort((a, b) => a.index - b.index),
    ...(usage === undefined ? {} : { usage }),
    adaptations: [...adaptations],
    extraFields: extraFieldsOf(body, KNOWN_TOP, CHAT_DIALECT),
  };
}

function toChoice(choice: JsonObject, position: number, flavor: Flavor, now: () => number): Choice {
  refuseErrorObject(choice, now);
  const message = asObject(choice["message"]);
  const parts: Part[] = [];
  think(parts, reasoningText(message), keptDetails(flavor, message["reasoning_details"]), flavor);
  for (const { kind, text } of contentPieces(message["content"])) {
    if (kind === "text") addText(parts, text);
    else think(parts, text, "", flavor);
  }
  addRefusal(parts, asText(message["refusal"]));
  const sound = soundPart(asObject(message["audio"]));
  if (sound !== undefined) parts.push(sound);
  parts.push(...imageParts(message["images"]));
  const calls = calledTools(message);
  if (calls.length > MAX_TOOL_CALLS) throw malformedAnswer("The provider's answer has too many tool calls.");
  calls.forEach((call, index) => addCall(parts, call, index));
  const raw = asText(choice["finish_reason"]);
  return {
    $typeName: "fairlead.chat.v1.Choice",
    index: choice["index"] === undefined ? position : asCount(choice["index"]),
    parts,
    finishReason: fromChatFinishReason(raw, calls.length > 0),
    rawFinishReason: raw,
    extraFields: [
      ...extraFieldsOf(choice, KNOWN_CHOICE, CHAT_DIALECT),
      ...extraFieldsOf(message, KNOWN_MESSAGE, CHAT_DIALECT, "message."),
    ],
  };
}

/** Adds reasoning, which goes on where the last part is reasoning. */
function think(parts: Part[], text: string, details: string, { provider }: Flavor): void {
  if (text === "" && details === "") return;
  const last = parts.at(-1)?.content;
  if (last?.case === "reasoning") last.value.text += text;
  else addReasoning(parts, { text, signature: stateToBytes(details), redacted: false, provider });
}

function addCall(parts: Part[], call: JsonObject, index: number): void {
  if (isCustomCall(call)) {
    const own = customCallPart(call);
    if (own !== undefined) parts.push(own);
    return;
  }
  const called = asObject(call["function"]);
  const name = asText(called["name"]);
  if (name === "") throw malformedAnswer("A tool call of the provider's answer has no name.");
  const argumentsJson = argumentsText(called["arguments"]) || "{}";
  addToolCall(parts, { id: callId(call["id"], index), name, argumentsJson, signature: stateToBytes("") });
  const part = parts.at(-1);
  if (part !== undefined) part.extraFields = extraFieldsOf(call, KNOWN_CALL, CHAT_DIALECT);
}
