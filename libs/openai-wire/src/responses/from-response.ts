import { extraFieldsOf, foreignPart } from "@fairlead/adapter-kit/foreign";
import { asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { addReasoning, addRefusal, addText, addToolCall } from "@fairlead/adapter-kit/parts";
import type { Adaptation, ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { argumentsText, asUnixSeconds } from "../chat/answer-fields.ts";
import { RESPONSES_DIALECT } from "../dialects.ts";
import { fromResponsesUsage } from "../usage.ts";
import { fromResponseStatus } from "./finish-reason.ts";
import { MESSAGE_FIELD } from "./message-fields.ts";
import {
  KNOWN_CALL,
  KNOWN_MESSAGE_ITEM,
  KNOWN_REFUSAL,
  KNOWN_RESPONSE,
  KNOWN_TEXT,
  MAX_ITEMS,
  reasoningItemText,
  refuseFailedResponse,
  saidFields,
} from "./response-fields.ts";

/** Who made an answer. */
export interface Maker {
  /** Provider id, which goes with its reasoning. */
  readonly provider: string;
  /** Deployment without which its reasoning is worth nothing. Empty: the provider's only one. */
  readonly deployment: string;
}

/** What an answer is read by. */
export interface ResponseSettings extends Maker {
  /** What of the request was not said. */
  readonly adaptations: readonly Adaptation[];
  /** Unix milliseconds. */
  readonly now: () => number;
}

/**
 * Reads a response.
 *
 * @throws FairleadError MALFORMED_ANSWER where it is not complete, or what an error in its place means
 */
export function fromResponse(json: unknown, settings: ResponseSettings): ChatResponse {
  const body = asObject(json);
  refuseFailedResponse(body, settings.now);
  const output = body["output"];
  if (!Array.isArray(output)) throw malformedAnswer("The provider's answer has no output.");
  if (output.length > MAX_ITEMS) throw malformedAnswer("The provider's answer has too many items.");
  if (body["status"] === "in_progress" || body["status"] === "queued")
    throw malformedAnswer("The provider's answer is not complete.");
  const parts: Part[] = [];
  for (const item of output) addItem(parts, asObject(item), settings);
  const { reason, raw } = fromResponseStatus(
    body,
    parts.some(({ content }) => content.case === "toolCall"),
  );
  const usage = fromResponsesUsage(body["usage"]);
  return {
    $typeName: "fairlead.chat.v1.ChatResponse",
    id: asText(body["id"]),
    model: asText(body["model"]),
    createdUnixSeconds: BigInt(asUnixSeconds(body["created_at"])),
    choices: [
      {
        $typeName: "fairlead.chat.v1.Choice",
        index: 0,
        parts,
        finishReason: reason,
        rawFinishReason: raw,
        extraFields: [],
      },
    ],
    ...(usage === undefined ? {} : { usage }),
    adaptations: [...settings.adaptations],
    extraFields: extraFieldsOf(saidFields(body), KNOWN_RESPONSE, RESPONSES_DIALECT),
  };
}

function addItem(parts: Part[], item: JsonObject, maker: Maker): void {
  switch (item["type"]) {
    case "message":
      return addMessage(parts, item);
    case "reasoning":
      return addReasoningItem(parts, item, maker);
    case "function_call":
      return addCall(parts, item);
    default: {
      const part = foreignPart(RESPONSES_DIALECT, item);
      if (part !== undefined) parts.push(part);
    }
  }
}

/** Adds a reasoning item. Reasoning that is neither shown, encrypted nor kept is none. */
export function addReasoningItem(parts: Part[], item: JsonObject, { provider, deployment }: Maker): void {
  const id = asText(item["id"]);
  const text = reasoningItemText(item);
  const state = asText(item["encrypted_content"]);
  if (id === "" && text === "" && state === "") return;
  addReasoning(parts, { id, text, signature: stateToBytes(state), redacted: false, provider, deployment });
}

function addMessage(parts: Part[], item: JsonObject): void {
  const around = extraFieldsOf(item, KNOWN_MESSAGE_ITEM, RESPONSES_DIALECT, MESSAGE_FIELD);
  asList(item["content"]).forEach((piece, index) => {
    const block = asObject(piece);
    const fields = [...contentFields(block), ...(index === 0 ? around : [])];
    if (fields.length === 0 && block["type"] === "output_text") return addText(parts, asText(block["text"]));
    const part = contentPart(block);
    if (part === undefined) return;
    part.extraFields.push(...fields);
    parts.push(part);
  });
}

function contentPart(block: JsonObject): Part | undefined {
  const made: Part[] = [];
  if (block["type"] === "output_text") addText(made, asText(block["text"]));
  else if (block["type"] === "refusal") addRefusal(made, asText(block["refusal"]));
  else return foreignPart(RESPONSES_DIALECT, block);
  return made[0];
}

/** Fields of a block of a message that are not known. */
export function contentFields(block: JsonObject) {
  if (block["type"] === "output_text") return extraFieldsOf(block, KNOWN_TEXT, RESPONSES_DIALECT);
  return block["type"] === "refusal" ? extraFieldsOf(block, KNOWN_REFUSAL, RESPONSES_DIALECT) : [];
}

function addCall(parts: Part[], item: JsonObject): void {
  const name = asText(item["name"]);
  if (name === "") throw malformedAnswer("A tool call of the provider's answer has no name.");
  const id = asText(item["call_id"]) || asText(item["id"]);
  addToolCall(parts, {
    id,
    name,
    argumentsJson: argumentsText(item["arguments"]) || "{}",
    signature: stateToBytes(""),
  });
  parts.at(-1)?.extraFields.push(...extraFieldsOf(item, KNOWN_CALL, RESPONSES_DIALECT));
}
