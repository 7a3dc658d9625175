import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Part, ToolResultPart } from "@fairlead/contracts/chat/v1/content";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";
import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionContentPartText,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageParam,
  ChatCompletionToolMessageParam,
} from "openai/resources/chat/completions";
import { noteCacheMarker, toUserContent } from "./to-openai-content.ts";

/** The conversation as OpenAI takes it, in the same order. */
export function toOpenaiMessages(request: ChatRequest, log: AdaptationLog): ChatCompletionMessageParam[] {
  return request.messages.flatMap((message, index) => toMessages(message, `messages[${index}]`, log));
}

function toMessages(message: Message, path: string, log: AdaptationLog): ChatCompletionMessageParam[] {
  const name = message.name === "" ? {} : { name: message.name };
  switch (message.role) {
    case Role.SYSTEM:
      return [{ role: "system", content: toText(message.parts, path, log), ...name }];
    case Role.DEVELOPER:
      return [{ role: "developer", content: toText(message.parts, path, log), ...name }];
    case Role.ASSISTANT:
      return [{ ...toAssistant(message, path, log), ...name }];
    case Role.TOOL:
      return message.parts.flatMap((part, index) => toToolMessage(part, `${path}.parts[${index}]`, log));
    default:
      return [{ role: "user", content: toUserContent(message.parts, path, log), ...name }];
  }
}

/** Text alone; several texts stay several parts, so that what is cached of them stays so. */
function toText(parts: readonly Part[], path: string, log: AdaptationLog): string | ChatCompletionContentPartText[] {
  const texts: ChatCompletionContentPartText[] = [];
  parts.forEach((part, index) => {
    noteCacheMarker(part, `${path}.parts[${index}]`, log);
    if (part.content.case === "text") texts.push({ type: "text", text: part.content.value.text });
    else log.dropped(`${path}.parts[${index}].${part.content.case ?? "content"}`, "OpenAI takes text alone in this place.");
  });
  return texts.length === 1 && texts[0] !== undefined ? texts[0].text : texts.length === 0 ? "" : texts;
}

function toAssistant(message: Message, path: string, log: AdaptationLog): ChatCompletionAssistantMessageParam {
  const texts: ChatCompletionContentPartText[] = [];
  const toolCalls: ChatCompletionMessageFunctionToolCall[] = [];
  let refusal = "";
  message.parts.forEach((part, index) => {
    const at = `${path}.parts[${index}]`;
    noteCacheMarker(part, at, log);
    const { content } = part;
    if (content.case === "text") texts.push({ type: "text", text: content.value.text });
    else if (content.case === "refusal") refusal += content.value.text;
    else if (content.case === "toolCall") toolCalls.push(toToolCall(content.value));
    else if (content.case === "reasoning") log.dropped(`${at}.reasoning`, "OpenAI's chat completions take no reasoning back.");
    else log.dropped(`${at}.${content.case ?? "content"}`, "OpenAI takes no such part in an assistant's message.");
  });
  const only = texts.length === 1 ? texts[0]?.text : undefined;
  const empty = toolCalls.length === 0 && refusal === "" ? "" : null;
  return {
    role: "assistant",
    content: only ?? (texts.length === 0 ? empty : texts),
    ...(refusal === "" ? {} : { refusal }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  };
}

function toToolCall(call: { readonly id: string; readonly name: string; readonly argumentsJson: string }) {
  const text = call.argumentsJson === "" ? "{}" : call.argumentsJson;
  return { type: "function" as const, id: call.id, function: { name: call.name, arguments: text } };
}

function toToolMessage(part: Part, path: string, log: AdaptationLog): ChatCompletionToolMessageParam[] {
  noteCacheMarker(part, path, log);
  if (part.content.case !== "toolResult") {
    log.dropped(`${path}.${part.content.case ?? "content"}`, "OpenAI takes results of tools alone in a tool message.");
    return [];
  }
  const result: ToolResultPart = part.content.value;
  if (result.isError) log.dropped(`${path}.tool_result.is_error`, "OpenAI knows a failed tool by its text alone.");
  const content = toText(result.content, `${path}.tool_result`, log);
  return [{ role: "tool", tool_call_id: result.toolCallId, content }];
}
