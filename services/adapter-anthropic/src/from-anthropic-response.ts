import { asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { addReasoning, addText, addToolCall } from "@fairlead/adapter-kit/parts";
import type { Adaptation, ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { refuseErrorObject } from "./errors.ts";
import { fromAnthropicStopReason } from "./finish-reason.ts";
import { fromAnthropicUsage } from "./usage.ts";

/**
 * Reads a message.
 *
 * @throws FairleadError MALFORMED_ANSWER where there is no message in it, or what an error in its place means
 */
export function fromAnthropicResponse(json: unknown, adaptations: readonly Adaptation[], now: number): ChatResponse {
  const body = asObject(json);
  refuseErrorObject(body, now);
  if (!Array.isArray(body["content"])) throw malformedAnswer("The provider's answer has no content.");
  const parts: Part[] = [];
  for (const block of asList(body["content"])) addBlock(parts, asObject(block));
  const raw = asText(body["stop_reason"]);
  const usage = fromAnthropicUsage(body["usage"]);
  return {
    $typeName: "fairlead.chat.v1.ChatResponse",
    id: asText(body["id"]),
    model: asText(body["model"]),
    createdUnixSeconds: 0n,
    choices: [
      { $typeName: "fairlead.chat.v1.Choice", index: 0, parts, finishReason: fromAnthropicStopReason(raw), rawFinishReason: raw },
    ],
    ...(usage === undefined ? {} : { usage }),
    adaptations: [...adaptations],
  };
}

/** Blocks of the provider's own tools have no counterpart and are left out. */
function addBlock(parts: Part[], block: JsonObject): void {
  switch (block["type"]) {
    case "text":
      return addText(parts, asText(block["text"]));
    case "thinking":
      return addReasoning(parts, {
        text: asText(block["thinking"]),
        signature: stateToBytes(asText(block["signature"])),
        redacted: false,
        provider: "anthropic",
      });
    case "redacted_thinking":
      return addReasoning(parts, { text: "", signature: stateToBytes(asText(block["data"])), redacted: true, provider: "anthropic" });
    case "tool_use":
      return addToolCall(parts, {
        id: asText(block["id"]),
        name: asText(block["name"]),
        argumentsJson: JSON.stringify(block["input"] ?? {}),
        signature: stateToBytes(""),
      });
    default:
  }
}
