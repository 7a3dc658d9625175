import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { dropCallSignature } from "@fairlead/adapter-kit/call-signature";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { bytesToState } from "@fairlead/adapter-kit/opaque-state";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Part, ReasoningPart, ToolCallPart } from "@fairlead/contracts/chat/v1/content";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";
import { TOOL_PLAN } from "./dialect.ts";
import { type CohereContent, contentOf, toBlock, toContent } from "./to-cohere-content.ts";

/** A message as Cohere takes it. */
export interface CohereMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content?: CohereContent;
  readonly tool_plan?: string;
  readonly tool_calls?: readonly JsonObject[];
  readonly tool_call_id?: string;
}

/** The conversation in the same order; each result of a tool becomes a message of its own. */
export function toCohereMessages(request: ChatRequest, log: AdaptationLog): CohereMessage[] {
  return request.messages.flatMap((message, index) => toMessages(message, `messages[${index}]`, log));
}

function toMessages(message: Message, path: string, log: AdaptationLog): CohereMessage[] {
  if (message.name !== "") log.dropped(`${path}.name`, "Cohere's messages have no names.");
  switch (message.role) {
    case Role.SYSTEM:
    case Role.DEVELOPER:
      return [{ role: "system", content: toContent(message.parts, "system", `${path}.parts`, log) }];
    case Role.ASSISTANT:
      return [toAssistant(message, path, log)];
    default:
      return toUser(message, path, log);
  }
}

/** Results of tools, and what a user says beside them. */
function toUser({ parts, role }: Message, path: string, log: AdaptationLog): CohereMessage[] {
  const messages: CohereMessage[] = [];
  const said: JsonObject[] = [];
  parts.forEach((part, index) => {
    const at = `${path}.parts[${index}]`;
    if (part.content.case === "toolResult") return void messages.push(toToolMessage(part, at, log));
    const block = toBlock(part, "user", at, log);
    if (block !== undefined) said.push(block);
  });
  if (said.length > 0 || (messages.length === 0 && role !== Role.TOOL))
    messages.push({ role: "user", content: contentOf(said) });
  return messages;
}

function toToolMessage(part: Part, path: string, log: AdaptationLog): CohereMessage {
  if (part.content.case !== "toolResult") throw new Error("Only results of tools are written here.");
  const { toolCallId, content, isError } = part.content.value;
  if (isError) log.dropped(`${path}.tool_result.is_error`, "Cohere knows a failed tool by its text alone.");
  if (part.cacheMarker !== undefined) log.emulated(`${path}.cache_marker`, "Cohere caches prompts by itself.");
  return {
    role: "tool",
    tool_call_id: toolCallId,
    content: toContent(content, "tool", `${path}.tool_result.content`, log),
  };
}

function toAssistant(message: Message, path: string, log: AdaptationLog): CohereMessage {
  const blocks: JsonObject[] = [];
  const toolCalls: JsonObject[] = [];
  let plan = "";
  message.parts.forEach((part, index) => {
    const at = `${path}.parts[${index}]`;
    const { content } = part;
    if (content.case === "toolCall") {
      dropCallSignature(content.value, at, log);
      return void toolCalls.push(toToolCall(content.value));
    }
    if (content.case === "reasoning") {
      if (isPlan(content.value)) plan += content.value.text;
      else blocks.push(...toThinking(content.value, at, log));
      return;
    }
    const block = toBlock(part, "assistant", at, log);
    // An empty text beside calls says nothing.
    if (block !== undefined && block["text"] !== "") blocks.push(block);
  });
  return {
    role: "assistant",
    ...(blocks.length === 0 && toolCalls.length > 0 ? {} : { content: contentOf(blocks) }),
    ...(plan === "" ? {} : { tool_plan: plan }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  };
}

function isPlan(reasoning: ReasoningPart): boolean {
  return reasoning.provider === "cohere" && bytesToState(reasoning.signature) === TOOL_PLAN;
}

function toThinking(reasoning: ReasoningPart, path: string, log: AdaptationLog): JsonObject[] {
  if (reasoning.provider === "cohere" && !reasoning.redacted) return [{ type: "thinking", thinking: reasoning.text }];
  log.dropped(`${path}.reasoning`, "Cohere takes back its own reasoning alone.");
  return [];
}

function toToolCall({ id, name, argumentsJson }: ToolCallPart): JsonObject {
  return { id, type: "function", function: { name, arguments: argumentsJson === "" ? "{}" : argumentsJson } };
}
