import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { dropCallSignature } from "@fairlead/adapter-kit/call-signature";
import { withExtraFields } from "@fairlead/adapter-kit/foreign";
import { isObject, type JsonObject, parseJson } from "@fairlead/adapter-kit/json";
import { mediaType, toBase64 } from "@fairlead/adapter-kit/media-type";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import {
  ImageDetail,
  type ImagePart,
  type Part,
  type ReasoningPart,
  type ToolCallPart,
  type ToolResultPart,
} from "@fairlead/contracts/chat/v1/content";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";
import { OLLAMA_DIALECT } from "./dialect.ts";
import type { LoadedImages } from "./load-images.ts";

/** A message as Ollama takes it. */
export interface OllamaMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  content: string;
  thinking?: string;
  images?: string[];
  tool_calls?: JsonObject[];
  tool_name?: string;
  tool_call_id?: string;
}

const IMAGE_TYPES: readonly string[] = ["image/jpeg", "image/png", "image/webp"];

/** What writing a conversation needs beside it. */
interface Writing {
  readonly log: AdaptationLog;
  readonly images: LoadedImages;
  /** Names of the tools that were called so far, by the ids of the calls. */
  readonly called: Map<string, string>;
}

/** The conversation in the same order; each result of a tool becomes a message of its own. */
export function toOllamaMessages(request: ChatRequest, images: LoadedImages, log: AdaptationLog): OllamaMessage[] {
  const writing: Writing = { log, images, called: new Map() };
  return request.messages.flatMap((message, index) => toMessages(message, `messages[${index}]`, writing));
}

function toMessages(message: Message, path: string, writing: Writing): OllamaMessage[] {
  if (message.name !== "") writing.log.dropped(`${path}.name`, "Ollama's messages have no names.");
  const results = message.parts.flatMap((part, index): OllamaMessage[] => {
    const { content } = part;
    const at = `${path}.parts[${index}]`;
    return content.case === "toolResult"
      ? [withNotes(toToolMessage(content.value, at, writing), part, at, writing)]
      : [];
  });
  const said = message.parts.some(({ content }) => content.case !== "toolResult");
  return said || (results.length === 0 && message.role !== Role.TOOL)
    ? [...results, toMessage(message, path, writing)]
    : results;
}

function toMessage({ role, parts }: Message, path: string, writing: Writing): OllamaMessage {
  const message: OllamaMessage = { role: roleOf(role), content: "" };
  parts.forEach((part, index) => {
    const at = `${path}.parts[${index}]`;
    if (part.content.case === "toolResult") return;
    addPart(message, part, at, writing);
    withNotes(message, part, at, writing);
  });
  return message;
}

/** A message with what stands beside the content of a part. */
function withNotes(message: OllamaMessage, part: Part, path: string, { log }: Writing): OllamaMessage {
  if (part.cacheMarker !== undefined)
    log.emulated(`${path}.cache_marker`, "Ollama keeps the last prompt in memory by itself.");
  return withExtraFields(message, part, OLLAMA_DIALECT, path, log);
}

function roleOf(role: Role): "system" | "user" | "assistant" {
  if (role === Role.SYSTEM || role === Role.DEVELOPER) return "system";
  return role === Role.ASSISTANT ? "assistant" : "user";
}

function addPart(message: OllamaMessage, part: Part, path: string, { log, images, called }: Writing): void {
  const { content } = part;
  const { role } = message;
  if (content.case === "text" || content.case === "refusal") return addText(message, content.value.text);
  if (content.case === "image" && role === "user") return addImage(message, content.value, path, images, log);
  if (content.case === "toolCall" && role === "assistant") return addCall(message, content.value, path, called, log);
  if (content.case === "reasoning" && role === "assistant") return addThinking(message, content.value, path, log);
  log.dropped(`${path}.${content.case ?? "content"}`, "Ollama takes no such part in this place.");
}

/** Ollama's messages hold one text; boundaries of parts become paragraphs. */
function addText(message: OllamaMessage, text: string): void {
  message.content += message.content === "" || text === "" ? text : `\n\n${text}`;
}

function addImage(
  message: OllamaMessage,
  image: ImagePart,
  path: string,
  images: LoadedImages,
  log: AdaptationLog,
): void {
  const bytes = imageBytes(image, images);
  // The bytes decide: Ollama is not told a type and fails on others.
  if (bytes === undefined || !IMAGE_TYPES.includes(mediaType(bytes, ""))) {
    log.dropped(`${path}.image`, "Ollama takes pictures as jpeg, png or webp.");
    return;
  }
  if (image.detail === ImageDetail.LOW || image.detail === ImageDetail.HIGH) {
    log.dropped(`${path}.image.detail`, "Ollama looks at every picture in the same way.");
  }
  (message.images ??= []).push(toBase64(bytes));
}

function imageBytes({ source }: ImagePart, images: LoadedImages): Uint8Array | undefined {
  const location = source?.location;
  if (location?.case === "inline") return location.value;
  return location?.case === "url" ? images.get(location.value) : undefined;
}

function addCall(
  message: OllamaMessage,
  call: ToolCallPart,
  path: string,
  called: Map<string, string>,
  log: AdaptationLog,
): void {
  dropCallSignature(call, path, log);
  const parsed = call.argumentsJson === "" ? {} : parseJson(call.argumentsJson);
  if (!isObject(parsed))
    log.emulated(`${path}.tool_call.arguments_json`, "Ollama takes objects alone; the text is given as one.");
  const id = call.id === "" ? {} : { id: call.id };
  called.set(call.id, call.name);
  (message.tool_calls ??= []).push({
    ...id,
    function: { name: call.name, arguments: isObject(parsed) ? parsed : { arguments: call.argumentsJson } },
  });
}

function addThinking(message: OllamaMessage, reasoning: ReasoningPart, path: string, log: AdaptationLog): void {
  if (reasoning.provider === "ollama" && !reasoning.redacted)
    message.thinking = (message.thinking ?? "") + reasoning.text;
  else log.dropped(`${path}.reasoning`, "Ollama takes back its own reasoning alone.");
}

/** Ollama knows the results of tools by the tools' names; newer servers by the ids of the calls as well. */
function toToolMessage(result: ToolResultPart, path: string, { log, called }: Writing): OllamaMessage {
  const message: OllamaMessage = { role: "tool", content: "" };
  if (result.isError) log.dropped(`${path}.tool_result.is_error`, "Ollama knows a failed tool by its text alone.");
  result.content.forEach(({ content }, index) => {
    if (content.case === "text") addText(message, content.value.text);
    else
      log.dropped(
        `${path}.tool_result.content[${index}].${content.case ?? "content"}`,
        "Ollama takes text alone as the result of a tool.",
      );
  });
  const name = result.name || (called.get(result.toolCallId) ?? "");
  if (name !== "") message.tool_name = name;
  if (result.toolCallId !== "") message.tool_call_id = result.toolCallId;
  return message;
}
