import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { ImageDetail, type MediaSource, type Part } from "@fairlead/contracts/chat/v1/content";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { encodeBase64 } from "../src/base64.ts";
import { toOpaqueText } from "../src/opaque-text.ts";
import { writeSeal } from "../src/reasoning-seal.ts";

// The way back, for the property that nothing is lost: a chat request as a client of the Responses API would write it.

const EFFORTS = [undefined, "none", "minimal", "low", "medium", "high"];
const DETAILS = ["", "low", "high", "auto"];
const MODES = ["", "auto", "none", "required"];
const ROLES = { [Role.SYSTEM]: "system", [Role.DEVELOPER]: "developer", [Role.USER]: "user" } as Record<number, string>;

export function writeResponsesBody(chat: ChatRequest): Record<string, unknown> {
  const { toolChoice: choice, reasoning, responseFormat } = chat;
  return {
    model: chat.model,
    input: chat.messages.flatMap(writeMessage),
    tools: chat.tools.map(({ name, description, parametersJson, strict }) => ({
      type: "function",
      name,
      description,
      parameters: parametersJson === "" ? undefined : JSON.parse(parametersJson),
      strict,
    })),
    tool_choice: choice?.mode === ToolChoiceMode.NAMED ? { type: "function", name: choice.name } : MODES[choice?.mode ?? 0] || undefined,
    parallel_tool_calls: choice?.parallel,
    max_output_tokens: chat.maxOutputTokens,
    temperature: chat.temperature,
    top_p: chat.topP,
    text: writeFormat(responseFormat),
    reasoning: reasoning && { effort: EFFORTS[reasoning.effort], summary: reasoning.includeText ? "auto" : undefined },
    user: chat.endUser || undefined,
    ...Object.fromEntries(chat.unknownFields.map(({ name, value }) => [name, value && toJson(ValueSchema, value)])),
  };
}

function writeMessage({ role, parts }: Message): object[] {
  if (role === Role.ASSISTANT) return parts.length === 0 ? [{ role: "assistant", content: "" }] : parts.map(writeItem);
  const result = parts[0]?.content;
  if (result?.case === "toolResult") return [{ type: "function_call_output", call_id: result.value.toolCallId, output: result.value.content.map(writeContent) }];
  return [{ role: ROLES[role], content: parts.map(writeContent) }];
}

function writeItem(part: Part): object {
  const { content } = part;
  if (content.case === "toolCall") {
    const { id, name, argumentsJson, signature } = content.value;
    const seal = signature.length === 0 ? {} : { extra_content: { google: { thought_signature: toOpaqueText(signature) } } };
    return { type: "function_call", call_id: id, name, arguments: argumentsJson, ...seal };
  }
  if (content.case === "reasoning") {
    const { text, signature, provider, redacted } = content.value;
    const seal = provider === "" ? "" : `${redacted ? "redacted:" : ""}${writeSeal(provider, signature, "openai")}`;
    return { type: "reasoning", summary: text === "" ? [] : [{ type: "summary_text", text }], ...(seal === "" ? {} : { encrypted_content: seal }) };
  }
  const said = content.case === "refusal" ? { type: "refusal", refusal: content.value.text } : { ...writeContent(part), type: "output_text" };
  return { type: "message", role: "assistant", content: [said] };
}

function writeContent({ content }: Part): Record<string, unknown> {
  switch (content.case) {
    case "text":
      return { type: "input_text", text: content.value.text };
    case "image": {
      const detail = content.value.detail === ImageDetail.UNSPECIFIED ? undefined : DETAILS[content.value.detail];
      return { type: "input_image", image_url: writeUrl(content.value.source), detail };
    }
    case "audio": {
      const format = content.value.source?.mimeType === "audio/mpeg" ? "mp3" : "wav";
      return { type: "input_audio", input_audio: { data: writeUrl(content.value.source).split(",")[1], format } };
    }
    case "file": {
      const { source, filename } = content.value;
      const { case: kind, value } = source?.location ?? {};
      const where = kind === "fileId" ? { file_id: value } : kind === "url" ? { file_url: value } : { file_data: writeUrl(source) };
      return { type: "input_file", ...where, filename };
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

function writeFormat(format: ChatRequest["responseFormat"]): unknown {
  switch (format?.format.case) {
    case "text":
      return { format: { type: "text" } };
    case "jsonObject":
      return { format: { type: "json_object" } };
    case "jsonSchema": {
      const { name, schemaJson, description, strict } = format.format.value;
      return { format: { type: "json_schema", name, schema: JSON.parse(schemaJson), description, strict } };
    }
    default:
      return undefined;
  }
}
