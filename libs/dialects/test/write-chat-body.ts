import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { type CacheMarker, ImageDetail, type MediaSource, type Part } from "@fairlead/contracts/chat/v1/content";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";
import { type Tool, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { encodeBase64 } from "../src/base64.ts";
import { toOpaqueText } from "../src/opaque-text.ts";
import { writeSeal } from "../src/reasoning-seal.ts";

// The way back, for the property that nothing is lost: a chat request as an OpenAI client would write it.

const EFFORTS = [undefined, "none", "minimal", "low", "medium", "high"];
const DETAILS = {
  [ImageDetail.UNSPECIFIED]: undefined,
  [ImageDetail.LOW]: "low",
  [ImageDetail.HIGH]: "high",
  [ImageDetail.AUTO]: "auto",
};
const MODES = {
  [ToolChoiceMode.AUTO]: "auto",
  [ToolChoiceMode.NONE]: "none",
  [ToolChoiceMode.REQUIRED]: "required",
} as Record<number, string>;

export function writeChatBody(chat: ChatRequest): Record<string, unknown> {
  return {
    model: chat.model,
    messages: chat.messages.map(writeMessage),
    tools: chat.tools.length === 0 ? undefined : chat.tools.map(writeTool),
    tool_choice: writeChoice(chat.toolChoice),
    parallel_tool_calls: chat.toolChoice?.parallel,
    max_completion_tokens: chat.maxOutputTokens,
    temperature: chat.temperature,
    top_p: chat.topP,
    top_k: chat.topK,
    frequency_penalty: chat.frequencyPenalty,
    presence_penalty: chat.presencePenalty,
    stop: chat.stopSequences.length === 1 ? chat.stopSequences[0] : chat.stopSequences,
    seed: chat.seed === undefined ? undefined : Number(chat.seed),
    response_format: writeFormat(chat.responseFormat),
    reasoning_effort: EFFORTS[chat.reasoning?.effort ?? 0],
    include_reasoning: chat.reasoning?.includeText,
    n: chat.candidateCount === 0 ? undefined : chat.candidateCount,
    user: chat.endUser === "" ? undefined : chat.endUser,
    ...Object.fromEntries(chat.unknownFields.map(({ name, value }) => [name, value && toJson(ValueSchema, value)])),
  };
}

function writeMessage({ role, parts, name }: Message): Record<string, unknown> {
  const named = name === "" ? {} : { name };
  if (role === Role.ASSISTANT) return { role: "assistant", ...named, ...writeAssistant(parts) };
  const [first] = parts;
  if (first?.content.case === "toolResult") {
    const { toolCallId, name: tool, content } = first.content.value;
    return {
      role: "tool",
      tool_call_id: toolCallId,
      name: tool === "" ? undefined : tool,
      content: writeContent(content),
    };
  }
  return { role: Role[role].toLowerCase(), ...named, content: writeContent(parts) };
}

function writeAssistant(parts: Part[]): Record<string, unknown> {
  const content = parts.filter((part) => part.content.case === "text");
  const calls = parts.flatMap((part) => (part.content.case === "toolCall" ? [part.content.value] : []));
  const reasoning = parts.flatMap((part) => (part.content.case === "reasoning" ? [part.content.value] : []));
  const refusal = parts.flatMap((part) => (part.content.case === "refusal" ? [part.content.value.text] : []))[0];
  const details = reasoning.map(({ text, signature, redacted, provider }) => {
    const seal = writeSeal(provider, signature, "");
    return redacted ? { type: "reasoning.encrypted", data: seal } : { type: "reasoning.text", text, signature: seal };
  });
  return {
    content: content.length === 0 ? null : writeContent(content),
    refusal,
    reasoning_content: reasoning.map(({ text }) => text).join("") || undefined,
    reasoning_details: details.length === 0 ? undefined : details,
    tool_calls: calls.map(({ id, name, argumentsJson, signature }) => ({
      id,
      type: "function",
      function: { name, arguments: argumentsJson },
      ...(signature.length === 0 ? {} : { extra_content: { google: { thought_signature: toOpaqueText(signature) } } }),
    })),
  };
}

function writeContent(parts: Part[]): unknown {
  const [first] = parts;
  if (parts.length === 1 && first?.content.case === "text" && first.cacheMarker === undefined)
    return first.content.value.text;
  return parts.map((part) => ({ ...writePart(part.content), cache_control: writeMarker(part.cacheMarker) }));
}

function writePart(content: Part["content"]): Record<string, unknown> {
  switch (content.case) {
    case "text":
      return { type: "text", text: content.value.text };
    case "image":
      return {
        type: "image_url",
        image_url: { url: writeUrl(content.value.source), detail: DETAILS[content.value.detail] },
      };
    case "audio": {
      const format = content.value.source?.mimeType === "audio/mpeg" ? "mp3" : "wav";
      return { type: "input_audio", input_audio: { data: writeUrl(content.value.source).split(",")[1], format } };
    }
    case "file": {
      const { source, filename } = content.value;
      const where =
        source?.location.case === "fileId" ? { file_id: source.location.value } : { file_data: writeUrl(source) };
      return { type: "file", file: { ...where, filename } };
    }
    default:
      throw new Error(`no content for ${content.case}`);
  }
}

function writeUrl(source: MediaSource | undefined): string {
  if (source?.location.case === "url") return source.location.value;
  if (source?.location.case !== "inline") throw new Error("no bytes");
  return `data:${source.mimeType};base64,${encodeBase64(source.location.value)}`;
}

function writeMarker(marker: CacheMarker | undefined): unknown {
  if (marker === undefined) return undefined;
  return { type: "ephemeral", ...(marker.ttlSeconds === 0 ? {} : { ttl: `${marker.ttlSeconds}s` }) };
}

function writeTool({ name, description, parametersJson, strict, cacheMarker }: Tool): unknown {
  const parameters: unknown = parametersJson === "" ? undefined : JSON.parse(parametersJson);
  return {
    type: "function",
    function: { name, description, parameters, strict },
    cache_control: writeMarker(cacheMarker),
  };
}

function writeChoice(choice: ChatRequest["toolChoice"]): unknown {
  if (choice?.mode === ToolChoiceMode.NAMED) return { type: "function", function: { name: choice.name } };
  return choice === undefined ? undefined : MODES[choice.mode];
}

function writeFormat(format: ChatRequest["responseFormat"]): unknown {
  switch (format?.format.case) {
    case "text":
      return { type: "text" };
    case "jsonObject":
      return { type: "json_object" };
    case "jsonSchema": {
      const { name, schemaJson, description, strict } = format.format.value;
      return { type: "json_schema", json_schema: { name, schema: JSON.parse(schemaJson), description, strict } };
    }
    default:
      return undefined;
  }
}
