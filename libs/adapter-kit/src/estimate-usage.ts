import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { tokenUsage } from "./token-usage.ts";

/** Bytes of UTF-8 to a token, the usual rule of thumb for English text and generous for others. */
const BYTES_PER_TOKEN = 4;

/** Tokens of a text, roughly. */
export function estimateTokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/** Usage worked out from text, for answers that came without counts. */
export function estimateUsage(request: ChatRequest, outputBytes: number): TokenUsage {
  return tokenUsage({
    inputTokens: estimateTokens(requestBytes(request)),
    outputTokens: estimateTokens(outputBytes),
    estimated: true,
  });
}

/** Bytes of text in parts. */
export function partsBytes(parts: readonly Part[]): number {
  let bytes = 0;
  for (const { content } of parts) {
    if (content.case === "text" || content.case === "refusal" || content.case === "reasoning") {
      bytes += Buffer.byteLength(content.value.text);
    } else if (content.case === "toolCall") {
      bytes += Buffer.byteLength(content.value.name) + Buffer.byteLength(content.value.argumentsJson);
    } else if (content.case === "toolResult") {
      bytes += partsBytes(content.value.content);
    }
  }
  return bytes;
}

/** Bytes of text in a delta. */
export function deltaBytes({ step }: ChatDelta): number {
  if (step.case === "text" || step.case === "reasoning" || step.case === "refusal") return Buffer.byteLength(step.value);
  if (step.case === "toolCallArguments") return Buffer.byteLength(step.value.fragment);
  if (step.case === "toolCallStarted") return Buffer.byteLength(step.value.name);
  return 0;
}

function requestBytes(request: ChatRequest): number {
  let bytes = 0;
  for (const message of request.messages) bytes += partsBytes(message.parts);
  for (const tool of request.tools) {
    bytes += Buffer.byteLength(tool.name) + Buffer.byteLength(tool.description) + Buffer.byteLength(tool.parametersJson);
  }
  return bytes;
}
