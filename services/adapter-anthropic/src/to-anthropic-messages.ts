import type { ContentBlockParam, TextBlockParam, ToolResultBlockParam } from "@anthropic-ai/sdk/resources/messages";
import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { isObject, parseJson } from "@fairlead/adapter-kit/json";
import { bytesToState } from "@fairlead/adapter-kit/opaque-state";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Part, ReasoningPart, ToolCallPart, ToolResultPart } from "@fairlead/contracts/chat/v1/content";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";
import { toCacheControl, toPlainBlock } from "./to-anthropic-content.ts";

/** One side's turn. */
export interface AnthropicTurn {
  readonly role: "user" | "assistant";
  content: ContentBlockParam[];
}

/** A conversation as Anthropic takes it: system text on top, then turns of either side. */
export interface AnthropicConversation {
  readonly system: TextBlockParam[];
  readonly turns: AnthropicTurn[];
}

/** Writes a conversation. Turns of the same side become one, results of tools first in it. */
export function toAnthropicConversation(request: ChatRequest, log: AdaptationLog): AnthropicConversation {
  const system: TextBlockParam[] = [];
  const turns: AnthropicTurn[] = [];
  request.messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (message.name !== "") log.dropped(`${path}.name`, "Anthropic's turns have no names.");
    if (message.role === Role.SYSTEM || message.role === Role.DEVELOPER) {
      if (turns.length > 0) log.emulated(path, "Anthropic takes standing instructions at the top alone.");
      system.push(...toSystem(message, path, log));
    } else {
      const role = message.role === Role.ASSISTANT ? "assistant" : "user";
      addTurn(turns, role, role === "assistant" ? toAssistant(message, path, log) : toUser(message, path, log));
    }
  });
  if (turns.length === 0) turns.push({ role: "user", content: system.splice(0) });
  for (const turn of turns) if (turn.role === "user") turn.content = resultsFirst(turn.content);
  return { system, turns };
}

function addTurn(turns: AnthropicTurn[], role: AnthropicTurn["role"], blocks: ContentBlockParam[]): void {
  if (blocks.length === 0) return;
  const last = turns.at(-1);
  if (last?.role === role) last.content.push(...blocks);
  else turns.push({ role, content: blocks });
}

function resultsFirst(blocks: ContentBlockParam[]): ContentBlockParam[] {
  const results = blocks.filter((block) => block.type === "tool_result");
  return results.length === 0 ? blocks : [...results, ...blocks.filter((block) => block.type !== "tool_result")];
}

function toSystem(message: Message, path: string, log: AdaptationLog): TextBlockParam[] {
  return message.parts.flatMap((part, index) => {
    const at = `${path}.parts[${index}]`;
    if (part.content.case !== "text") {
      log.dropped(`${at}.${part.content.case ?? "content"}`, "Anthropic takes text alone as standing instructions.");
      return [];
    }
    const block = toPlainBlock(part, at, log);
    return block?.type === "text" ? [block] : [];
  });
}

function toUser(message: Message, path: string, log: AdaptationLog): ContentBlockParam[] {
  return message.parts.flatMap((part, index): ContentBlockParam[] => {
    const at = `${path}.parts[${index}]`;
    if (part.content.case === "toolResult") return [toToolResult(part, part.content.value, at, log)];
    const block = toPlainBlock(part, at, log);
    return block === undefined ? [] : [block];
  });
}

function toToolResult(part: Part, result: ToolResultPart, path: string, log: AdaptationLog): ToolResultBlockParam {
  const content = result.content.flatMap((inner, index) => toPlainBlock(inner, `${path}.tool_result.content[${index}]`, log) ?? []);
  const marker = toCacheControl(part, path, log);
  return {
    type: "tool_result",
    tool_use_id: toToolUseId(result.toolCallId),
    ...(content.length === 0 ? {} : { content }),
    ...(result.isError ? { is_error: true } : {}),
    ...(marker === undefined ? {} : { cache_control: marker }),
  };
}

function toAssistant(message: Message, path: string, log: AdaptationLog): ContentBlockParam[] {
  return message.parts.flatMap((part, index): ContentBlockParam[] => {
    const at = `${path}.parts[${index}]`;
    const { content } = part;
    if (content.case === "reasoning") return toThinkingBlock(content.value, at, log);
    if (content.case === "toolCall") return [toToolUse(part, content.value, at, log)];
    if (content.case === "text" || content.case === "refusal") {
      const block = toPlainBlock(part, at, log);
      return block === undefined ? [] : [block];
    }
    log.dropped(`${at}.${content.case ?? "content"}`, "Anthropic takes no such part in an assistant's turn.");
    return [];
  });
}

/** Thinking goes back with its signature or not at all: without one, and from elsewhere, it is refused. */
function toThinkingBlock(reasoning: ReasoningPart, path: string, log: AdaptationLog): ContentBlockParam[] {
  const state = bytesToState(reasoning.signature);
  if (reasoning.provider !== "anthropic" || state === "") {
    log.dropped(`${path}.reasoning`, "Anthropic takes back its own signed thinking alone.");
    return [];
  }
  if (reasoning.redacted) return [{ type: "redacted_thinking", data: state }];
  return [{ type: "thinking", thinking: reasoning.text, signature: state }];
}

function toToolUse(part: Part, call: ToolCallPart, path: string, log: AdaptationLog): ContentBlockParam {
  const parsed = call.argumentsJson === "" ? {} : parseJson(call.argumentsJson);
  if (!isObject(parsed)) log.emulated(`${path}.tool_call.arguments_json`, "Anthropic takes objects alone; the text is given as one.");
  const input = isObject(parsed) ? parsed : { arguments: call.argumentsJson };
  const marker = toCacheControl(part, path, log);
  return {
    type: "tool_use",
    id: toToolUseId(call.id),
    name: call.name,
    input,
    ...(marker === undefined ? {} : { cache_control: marker }),
  };
}

/** Ids of other providers may hold characters that Anthropic refuses; calls and results are changed alike. */
function toToolUseId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, "_");
}
