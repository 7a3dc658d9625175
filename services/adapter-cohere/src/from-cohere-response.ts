import { extraFieldsOf, foreignPart } from "@fairlead/adapter-kit/foreign";
import { asList, asObject, asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { addReasoning, addText, addToolCall } from "@fairlead/adapter-kit/parts";
import type { Adaptation, ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { COHERE_DIALECT, TOOL_PLAN } from "./dialect.ts";
import { refuseErrorObject, refuseFailedFinish } from "./errors.ts";
import { fromCohereFinishReason } from "./finish-reason.ts";
import { toolArguments } from "./tool-arguments.ts";
import { fromCohereUsage } from "./usage.ts";

const ANSWER_FIELDS: ReadonlySet<string> = new Set(["id", "message", "finish_reason", "usage"]);
const MESSAGE_FIELDS: ReadonlySet<string> = new Set(["role", "content", "tool_plan", "tool_calls"]);
const TEXT_FIELDS: ReadonlySet<string> = new Set(["type", "text"]);

/**
 * Reads an answer of v2 chat.
 *
 * @param model that was asked: Cohere does not name it
 * @throws FairleadError MALFORMED_ANSWER where there is no message in it, or what an error in its place means
 */
export function fromCohereResponse(
  json: unknown,
  model: string,
  adaptations: readonly Adaptation[],
  now: number,
): ChatResponse {
  const body = asObject(json);
  refuseErrorObject(body, now);
  const { message } = body;
  if (!isObject(message)) throw malformedAnswer("The provider's answer has no message.");
  const raw = asText(body["finish_reason"]);
  refuseFailedFinish(raw, "", now);
  const usage = fromCohereUsage(body["usage"]);
  return {
    $typeName: "fairlead.chat.v1.ChatResponse",
    id: asText(body["id"]),
    model,
    createdUnixSeconds: 0n,
    choices: [
      {
        $typeName: "fairlead.chat.v1.Choice",
        index: 0,
        parts: readParts(message),
        finishReason: fromCohereFinishReason(raw),
        rawFinishReason: raw,
        extraFields: extraFieldsOf(message, MESSAGE_FIELDS, COHERE_DIALECT, "message."),
      },
    ],
    ...(usage === undefined ? {} : { usage }),
    adaptations: [...adaptations],
    extraFields: extraFieldsOf(body, ANSWER_FIELDS, COHERE_DIALECT),
  };
}

function readParts(message: JsonObject): Part[] {
  const parts: Part[] = [];
  const plan = asText(message["tool_plan"]);
  if (plan !== "")
    addReasoning(parts, { text: plan, signature: stateToBytes(TOOL_PLAN), redacted: false, provider: "cohere" });
  addText(parts, asText(message["content"]));
  for (const block of asList(message["content"])) addBlock(parts, asObject(block));
  for (const call of asList(message["tool_calls"])) addCall(parts, asObject(call));
  return parts;
}

function addBlock(parts: Part[], block: JsonObject): void {
  if (block["type"] === "text") {
    addText(parts, asText(block["text"]));
    const more = extraFieldsOf(block, TEXT_FIELDS, COHERE_DIALECT);
    if (more.length > 0) parts.at(-1)?.extraFields.push(...more);
  } else if (block["type"] === "thinking") {
    addReasoning(parts, {
      text: asText(block["thinking"]),
      signature: stateToBytes(""),
      redacted: false,
      provider: "cohere",
    });
  } else {
    const foreign = foreignPart(COHERE_DIALECT, block);
    if (foreign !== undefined) parts.push(foreign);
  }
}

function addCall(parts: Part[], call: JsonObject): void {
  const called = asObject(call["function"]);
  const argumentsJson = toolArguments(argumentsText(called["arguments"]));
  addToolCall(parts, {
    id: asText(call["id"]),
    name: asText(called["name"]),
    argumentsJson,
    signature: stateToBytes(""),
  });
}

/** Arguments as text; some servers that speak Cohere's dialect write the object itself. */
export function argumentsText(value: unknown): string {
  return isObject(value) ? JSON.stringify(value) : asText(value);
}
