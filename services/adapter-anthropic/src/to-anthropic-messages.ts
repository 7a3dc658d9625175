import type { ContentBlockParam, TextBlockParam, ToolResultBlockParam, ToolUseBlockParam } from "@anthropic-ai/sdk/resources/messages";
import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { dropCallSignature } from "@fairlead/adapter-kit/call-signature";
import { isObject, parseJson } from "@fairlead/adapter-kit/json";
import { bytesToState } from "@fairlead/adapter-kit/opaque-state";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Part, ReasoningPart, ToolCallPart, ToolResultPart } from "@fairlead/contracts/chat/v1/content";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { complete, type ForeignBlock, toPlainBlock } from "./to-anthropic-content.ts";
import type { ToolNames } from "./tool-names.ts";
import { createToolUseIds, type ToolUseIds } from "./tool-use-ids.ts";
import { trimPrefill } from "./trim-prefill.ts";

/** A block of a turn. */
export type TurnBlock = ContentBlockParam | ForeignBlock;

/** One side's turn. */
export interface AnthropicTurn {
  readonly role: "user" | "assistant";
  content: TurnBlock[];
}

/** A conversation as Anthropic takes it: system text on top, then turns of either side. */
export interface AnthropicConversation {
  readonly system: (TextBlockParam | ForeignBlock)[];
  readonly turns: AnthropicTurn[];
}

interface Writing {
  readonly log: AdaptationLog;
  readonly ids: ToolUseIds;
  readonly names: ToolNames;
}

/**
 * Writes a conversation. Turns of the same side become one, results of tools first in it.
 *
 * @throws FairleadError INVALID_REQUEST where nothing of it can be sent
 */
export function toAnthropicConversation(request: ChatRequest, names: ToolNames, log: AdaptationLog): AnthropicConversation {
  const writing: Writing = { log, names, ids: createToolUseIds(log) };
  const system: AnthropicConversation["system"] = [];
  const turns: AnthropicTurn[] = [];
  request.messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (message.name !== "") log.dropped(`${path}.name`, "Anthropic's turns have no names.");
    if (message.role === Role.SYSTEM || message.role === Role.DEVELOPER) {
      if (turns.length > 0) log.emulated(path, "Anthropic takes standing instructions at the top alone.");
      system.push(...toSystem(message, path, writing));
    } else {
      const role = message.role === Role.ASSISTANT ? "assistant" : "user";
      addTurn(turns, role, role === "assistant" ? toAssistant(message, path, writing) : toUser(message, path, writing));
    }
  });
  trimPrefill(turns, request.messages.length - 1, log);
  if (turns.length === 0) turns.push({ role: "user", content: system.splice(0) });
  if (turns[0]?.content.length === 0) throw invalidField("chat.messages", "nothing of the conversation can be sent to Anthropic");
  for (const turn of turns) if (turn.role === "user") turn.content = resultsFirst(turn.content);
  return { system, turns };
}

function addTurn(turns: AnthropicTurn[], role: AnthropicTurn["role"], blocks: TurnBlock[]): void {
  if (blocks.length === 0) return;
  const last = turns.at(-1);
  if (last?.role === role) last.content.push(...blocks);
  else turns.push({ role, content: blocks });
}

function resultsFirst(blocks: TurnBlock[]): TurnBlock[] {
  const results = blocks.filter((block) => block.type === "tool_result");
  return results.length === 0 ? blocks : [...results, ...blocks.filter((block) => block.type !== "tool_result")];
}

function toSystem(message: Message, path: string, { log }: Writing): AnthropicConversation["system"] {
  return message.parts.flatMap((part, index) => {
    const at = `${path}.parts[${index}]`;
    if (part.content.case !== "text" && part.content.case !== "foreign") {
      log.dropped(`${at}.${part.content.case ?? "content"}`, "Anthropic takes text alone as standing instructions.");
      return [];
    }
    const block = toPlainBlock(part, at, log);
    return block === undefined ? [] : [block as TextBlockParam];
  });
}

function toUser(message: Message, path: string, writing: Writing): TurnBlock[] {
  return message.parts.flatMap((part, index): TurnBlock[] => {
    const at = `${path}.parts[${index}]`;
    if (part.content.case === "toolResult") return [toToolResult(part, part.content.value, at, writing)];
    const block = toPlainBlock(part, at, writing.log);
    return block === undefined ? [] : [block];
  });
}

function toToolResult(part: Part, result: ToolResultPart, path: string, { log, ids }: Writing): ToolResultBlockParam {
  const content = result.content.flatMap((inner, index) => toPlainBlock(inner, `${path}.tool_result.content[${index}]`, log) ?? []);
  const block: ToolResultBlockParam = {
    type: "tool_result",
    tool_use_id: ids.ofResult(result.toolCallId),
    ...(content.length === 0 ? {} : { content: content as Exclude<ToolResultBlockParam["content"], string | undefined> }),
    ...(result.isError ? { is_error: true } : {}),
  };
  return complete(block, part, path, log);
}

function toAssistant(message: Message, path: string, writing: Writing): TurnBlock[] {
  const { log } = writing;
  return message.parts.flatMap((part, index): TurnBlock[] => {
    const at = `${path}.parts[${index}]`;
    const { content } = part;
    if (content.case === "reasoning") return toThinkingBlock(part, content.value, at, log);
    if (content.case === "toolCall") return [toToolUse(part, content.value, at, writing)];
    if (content.case === "image" || content.case === "file" || (content.case === "audio" && content.value.transcript === "")) {
      log.dropped(`${at}.${content.case}`, "Anthropic takes no such part in an assistant's turn.");
      return [];
    }
    const block = toPlainBlock(part, at, log);
    return block === undefined ? [] : [block];
  });
}

/** Thinking goes back with its signature or not at all: without one, and from elsewhere, it is refused. */
function toThinkingBlock(part: Part, reasoning: ReasoningPart, path: string, log: AdaptationLog): TurnBlock[] {
  const state = bytesToState(reasoning.signature);
  if (part.cacheMarker !== undefined) log.dropped(`${path}.cache_marker`, "Anthropic takes no such marker at thinking.");
  if (reasoning.provider !== "anthropic" || state === "") {
    log.dropped(`${path}.reasoning`, "Anthropic takes back its own signed thinking alone.");
    return [];
  }
  if (reasoning.redacted) return [{ type: "redacted_thinking", data: state }];
  return [{ type: "thinking", thinking: reasoning.text, signature: state }];
}

function toToolUse(part: Part, call: ToolCallPart, path: string, { log, ids, names }: Writing): TurnBlock {
  dropCallSignature(call, path, log);
  const parsed = call.argumentsJson === "" ? {} : parseJson(call.argumentsJson);
  if (!isObject(parsed)) log.emulated(`${path}.tool_call.arguments_json`, "Anthropic takes objects alone; the text is given as one.");
  const input = isObject(parsed) ? parsed : { arguments: call.argumentsJson };
  const block: ToolUseBlockParam = { type: "tool_use", id: ids.ofCall(call.id, path), name: names.write(call.name), input };
  return complete(block, part, path, log);
}
