import { extraFieldsOf } from "@fairlead/adapter-kit/foreign";
import { asList, asObject, asText } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import type { Adaptation, ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ANTHROPIC_DIALECT } from "./dialect.ts";
import { refuseErrorObject } from "./errors.ts";
import { fromAnthropicStopReason } from "./finish-reason.ts";
import { type AnthropicReading, fromAnthropicBlocks } from "./from-anthropic-block.ts";
import { fromAnthropicUsage, usageExtras } from "./usage.ts";

/** Fields of a message that are known, in an answer and in the first event of a stream. */
export const MESSAGE_FIELDS: ReadonlySet<string> = new Set(["id", "type", "role", "model", "content", "stop_reason", "usage"]);

/**
 * Reads a message.
 *
 * @param now unix milliseconds
 * @throws FairleadError MALFORMED_ANSWER where there is no message in it, or what an error in its place means
 */
export function fromAnthropicResponse(
  json: unknown,
  adaptations: readonly Adaptation[],
  reading: AnthropicReading,
  now: number,
): ChatResponse {
  const body = asObject(json);
  refuseErrorObject(body, now);
  if (!Array.isArray(body["content"])) throw malformedAnswer("The provider's answer has no content.");
  const parts = fromAnthropicBlocks(asList(body["content"]), reading);
  const raw = asText(body["stop_reason"]);
  const finishReason = finishOf(raw, reading.answerTool !== "", parts.some(isToolCall));
  const usage = fromAnthropicUsage(body["usage"]);
  return {
    $typeName: "fairlead.chat.v1.ChatResponse",
    id: asText(body["id"]),
    model: asText(body["model"]),
    createdUnixSeconds: 0n,
    choices: [{ $typeName: "fairlead.chat.v1.Choice", index: 0, parts, finishReason, rawFinishReason: raw, extraFields: [] }],
    ...(usage === undefined ? {} : { usage }),
    adaptations: [...adaptations],
    extraFields: [...extraFieldsOf(body, MESSAGE_FIELDS, ANTHROPIC_DIALECT), ...usageExtras(body["usage"])],
  };
}

/** Why an answer ended. Where its text came as a tool's arguments, and no other tool was called, it is complete. */
export function finishOf(raw: string, isTextByTool: boolean, hasToolCalls: boolean): FinishReason {
  const reason = fromAnthropicStopReason(raw);
  return isTextByTool && !hasToolCalls && reason === FinishReason.TOOL_CALLS ? FinishReason.STOP : reason;
}

function isToolCall({ content }: Part): boolean {
  return content.case === "toolCall";
}
