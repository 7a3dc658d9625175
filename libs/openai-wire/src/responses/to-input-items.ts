import { withExtraFields } from "@fairlead/adapter-kit/foreign";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";
import type { ResponseFunctionCallOutputItemList, ResponseInputItem } from "openai/resources/responses/responses";
import { RESPONSES_DIALECT } from "../dialects.ts";
import type { Writing } from "../writing.ts";
import { takeMessageFields } from "./message-fields.ts";
import { toAssistantItems } from "./to-assistant-items.ts";
import { toInputContent } from "./to-input-content.ts";

/** The conversation: what stands above it, and its items in order. */
export interface Conversation {
  readonly instructions: string | undefined;
  readonly input: ResponseInputItem[];
}

/** The conversation as the Responses API takes it. A first system message of plain text is its instructions. */
export function toConversation(request: ChatRequest, writing: Writing): Conversation {
  const instructions = plainSystemText(request.messages[0]);
  const input = request.messages.flatMap((message, index) => {
    return index === 0 && instructions !== undefined ? [] : toItems(message, `messages[${index}]`, writing);
  });
  return { instructions, input };
}

function plainSystemText(message: Message | undefined): string | undefined {
  if (message?.role !== Role.SYSTEM || message.parts.length !== 1) return undefined;
  const [part] = message.parts;
  const plain = part?.content.case === "text" && part.cacheMarker === undefined && part.extraFields.length === 0;
  return plain && part.content.case === "text" ? part.content.value.text : undefined;
}

function toItems(message: Message, path: string, writing: Writing): ResponseInputItem[] {
  if (message.name !== "")
    writing.log.dropped(`${path}.name`, `${writing.flavor.name}'s Responses API knows no names of participants.`);
  switch (message.role) {
    case Role.SYSTEM:
      return [toMessageItem("system", message.parts, path, writing)];
    case Role.DEVELOPER:
      return [toMessageItem("developer", message.parts, path, writing)];
    case Role.ASSISTANT:
      return toAssistantItems(message, path, writing);
    case Role.TOOL:
      return message.parts.flatMap((part, index) => toResultItem(part, `${path}.parts[${index}]`, writing));
    default:
      return [toMessageItem("user", message.parts, path, writing)];
  }
}

function toMessageItem(
  role: "system" | "developer" | "user",
  parts: readonly Part[],
  path: string,
  writing: Writing,
): ResponseInputItem {
  const content = toInputContent(parts, `${path}.parts`, writing);
  const [first] = typeof content === "string" ? [] : content;
  return { type: "message", role, content, ...(first === undefined ? {} : takeMessageFields(first)) };
}

function toResultItem(part: Part, path: string, writing: Writing): ResponseInputItem[] {
  const { flavor, log } = writing;
  if (part.content.case !== "toolResult") {
    log.dropped(
      `${path}.${part.content.case ?? "content"}`,
      `${flavor.name} takes results of tools alone in a tool message.`,
    );
    return [];
  }
  const { toolCallId, content, isError } = part.content.value;
  if (isError) log.dropped(`${path}.tool_result.is_error`, `${flavor.name} knows a failed tool by its text alone.`);
  if (part.cacheMarker !== undefined)
    log.emulated(`${path}.cache_marker`, `${flavor.name} caches long prompts by itself.`);
  const output = toInputContent(content, `${path}.tool_result.content`, writing) as
    string | ResponseFunctionCallOutputItemList;
  return [
    withExtraFields({ type: "function_call_output", call_id: toolCallId, output }, part, RESPONSES_DIALECT, path, log),
  ];
}
