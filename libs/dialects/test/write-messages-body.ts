import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { type ChatRequest, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { CacheMarker, MediaSource, Part, UnknownField } from "@fairlead/contracts/chat/v1/content";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { type Tool, type ToolChoice, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { encodeBase64 } from "../src/base64.ts";
import { writeSeal } from "../src/reasoning-seal.ts";

// The way back, for the property that nothing is lost: a chat request as an Anthropic client would write it.

type Json = Record<string, unknown>;

const MODES = {
  [ToolChoiceMode.AUTO]: "auto",
  [ToolChoiceMode.REQUIRED]: "any",
  [ToolChoiceMode.NAMED]: "tool",
  [ToolChoiceMode.NONE]: "none",
} as Record<number, string>;
const EFFORTS = ["", "none", "minimal", "low", "medium", "high"];

export function writeMessagesBody(chat: ChatRequest): Json {
  const [first, ...others] = chat.messages;
  const system = first?.role === Role.SYSTEM ? first.parts.map(writePart) : undefined;
  const thinking = writeThinking(chat);
  const format = chat.responseFormat?.format;
  const config = {
    ...(format?.case === "jsonSchema" ? { format: { type: "json_schema", schema: JSON.parse(format.value.schemaJson) as unknown } } : {}),
    ...writeEffort(chat.reasoning?.effort ?? 0),
  };
  return {
    model: chat.model,
    max_tokens: chat.maxOutputTokens,
    ...(system === undefined ? {} : { system }),
    messages: writeTurns(system === undefined ? chat.messages : others),
    ...(chat.tools.length === 0 ? {} : { tools: chat.tools.map(writeTool) }),
    ...(chat.toolChoice === undefined ? {} : { tool_choice: writeChoice(chat.toolChoice) }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(Object.keys(config).length === 0 ? {} : { output_config: config }),
    ...(chat.endUser === "" ? {} : { metadata: { user_id: chat.endUser } }),
    ...(chat.stopSequences.length === 0 ? {} : { stop_sequences: chat.stopSequences }),
    ...(chat.temperature === undefined ? {} : { temperature: chat.temperature }),
    ...(chat.topP === undefined ? {} : { top_p: chat.topP }),
    ...(chat.topK === undefined ? {} : { top_k: chat.topK }),
    ...writeFields(chat.unknownFields),
  };
}

function writeThinking({ reasoning }: ChatRequest): Json | undefined {
  if (reasoning?.budgetTokens !== undefined) {
    return { type: "enabled", budget_tokens: reasoning.budgetTokens, display: reasoning.includeText ? "summarized" : "omitted" };
  }
  return reasoning?.effort === ReasoningEffort.NONE ? { type: "disabled" } : undefined;
}

function writeEffort(effort: ReasoningEffort): Json {
  return effort > ReasoningEffort.NONE ? { effort: EFFORTS[effort] } : {};
}

/** Results of tools and the words after them are one turn. */
function writeTurns(messages: ChatRequest["messages"]): Json[] {
  const turns: { role: string; content: Json[] }[] = [];
  for (const { role, parts } of messages) {
    const side = role === Role.ASSISTANT ? "assistant" : "user";
    const last = turns.at(-1);
    if (last?.role === side) last.content.push(...parts.map(writePart));
    else turns.push({ role: side, content: parts.map(writePart) });
  }
  return turns;
}

function writePart({ content, cacheMarker, extraFields }: Part): Json {
  return { ...writeContent(content), ...writeMarker(cacheMarker), ...writeFields(extraFields) };
}

function writeContent(content: Part["content"]): Json {
  switch (content.case) {
    case "text":
      return { type: "text", text: content.value.text };
    case "image":
      return { type: "image", source: writeSource(content.value.source) };
    case "file": {
      const { source, filename } = content.value;
      return { type: "document", source: writeSource(source), ...(filename === "" ? {} : { title: filename }) };
    }
    case "toolCall": {
      const { id, name, argumentsJson } = content.value;
      return { type: "tool_use", id, name, input: JSON.parse(argumentsJson) as unknown };
    }
    case "toolResult": {
      const { toolCallId, content: inner, isError } = content.value;
      return { type: "tool_result", tool_use_id: toolCallId, content: inner.map(writePart), ...(isError ? { is_error: true } : {}) };
    }
    case "reasoning": {
      const { text, signature, redacted, provider, deployment, id } = content.value;
      const seal = writeSeal(provider, signature, "anthropic", deployment, id);
      return redacted ? { type: "redacted_thinking", data: seal } : { type: "thinking", thinking: text, signature: seal };
    }
    case "foreign":
      return toJson(ValueSchema, content.value.value as never) as Json;
    default:
      throw new Error(`no block for ${content.case}`);
  }
}

function writeSource(source: MediaSource | undefined): Json {
  if (source?.location.case === "url") return { type: "url", url: source.location.value };
  if (source?.location.case !== "inline") throw new Error("no bytes");
  const { value } = source.location;
  if (source.mimeType === "text/plain") return { type: "text", media_type: source.mimeType, data: new TextDecoder().decode(value) };
  return { type: "base64", media_type: source.mimeType, data: encodeBase64(value) };
}

function writeMarker(marker: CacheMarker | undefined): Json {
  if (marker === undefined) return {};
  const ttl = marker.ttlSeconds === 3600 ? { ttl: "1h" } : marker.ttlSeconds === 300 ? { ttl: "5m" } : {};
  return { cache_control: { type: "ephemeral", ...ttl } };
}

function writeTool({ name, description, parametersJson, strict, cacheMarker }: Tool): Json {
  const schema = JSON.parse(parametersJson) as unknown;
  return { name, ...(description === "" ? {} : { description }), input_schema: schema, ...(strict === undefined ? {} : { strict }), ...writeMarker(cacheMarker) };
}

function writeChoice({ mode, name, parallel }: ToolChoice): Json {
  return { type: MODES[mode], ...(name === "" ? {} : { name }), ...(parallel === undefined ? {} : { disable_parallel_tool_use: !parallel }) };
}

function writeFields(fields: readonly UnknownField[]): Json {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value && toJson(ValueSchema, value)]));
}
