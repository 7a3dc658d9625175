import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { isObject, parseJson } from "@fairlead/adapter-kit/json";
import { mediaType, toBase64 } from "@fairlead/adapter-kit/media-type";
import { bytesToState } from "@fairlead/adapter-kit/opaque-state";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { MediaSource, Part, ReasoningPart, ToolCallPart, ToolResultPart } from "@fairlead/contracts/chat/v1/content";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";

/** A part as Gemini takes it. */
export interface GooglePart {
  text?: string;
  thought?: boolean;
  thoughtSignature?: string;
  inlineData?: { mimeType: string; data: string };
  fileData?: { mimeType?: string; fileUri: string };
  functionCall?: { name: string; args: object };
  functionResponse?: { name: string; response: object };
}

/** One side's turn. */
export interface GoogleContent {
  readonly role: "user" | "model";
  readonly parts: GooglePart[];
}

/** A conversation as Gemini takes it. */
export interface GoogleConversation {
  readonly system: GooglePart[];
  readonly contents: GoogleContent[];
}

/** Google's documented stand-in for a signature of a call that another model made. */
const FOREIGN_SIGNATURE = "skip_thought_signature_validator";

/** Writes a conversation. Turns of the same side become one: Gemini wants all results of a turn's calls together. */
export function toGoogleConversation(request: ChatRequest, needsSignatures: boolean, log: AdaptationLog): GoogleConversation {
  const names = toolNames(request);
  const system: GooglePart[] = [];
  const contents: GoogleContent[] = [];
  request.messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (message.name !== "") log.dropped(`${path}.name`, "Gemini's turns have no names.");
    const parts = message.parts.flatMap((part, at) => toParts(part, message.role, names, `${path}.parts[${at}]`, log));
    if (message.role === Role.SYSTEM || message.role === Role.DEVELOPER) {
      if (contents.length > 0) log.emulated(path, "Gemini takes standing instructions at the top alone.");
      system.push(...parts);
    } else if (parts.length > 0) {
      addTurn(contents, message.role === Role.ASSISTANT ? "model" : "user", parts);
    }
  });
  if (contents.length === 0) contents.push({ role: "user", parts: system.splice(0) });
  if (needsSignatures) signForeignCalls(contents, log);
  return { system, contents };
}

function addTurn(contents: GoogleContent[], role: GoogleContent["role"], parts: GooglePart[]): void {
  const last = contents.at(-1);
  if (last?.role === role) last.parts.push(...parts);
  else contents.push({ role, parts });
}

/** Names of tools by the ids of their calls: Gemini matches results by name. */
function toolNames(request: ChatRequest): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const message of request.messages) {
    for (const { content } of message.parts) if (content.case === "toolCall") names.set(content.value.id, content.value.name);
  }
  return names;
}

function toParts(part: Part, role: Message["role"], names: ReadonlyMap<string, string>, path: string, log: AdaptationLog): GooglePart[] {
  if (part.cacheMarker !== undefined) log.emulated(`${path}.cache_marker`, "Gemini caches long prompts by itself.");
  const { content } = part;
  switch (content.case) {
    case "text":
    case "refusal":
      return content.value.text === "" ? [] : [{ text: content.value.text }];
    case "toolCall":
      return [toFunctionCall(content.value, path, log)];
    case "toolResult":
      return toFunctionResponse(content.value, names, path, log);
    case "reasoning":
      return toThought(content.value, path, log);
    case "image":
    case "audio":
    case "file":
      if (role !== Role.SYSTEM && role !== Role.DEVELOPER) return toMedia(content.value.source, `${path}.${content.case}`, log);
      break;
    default:
  }
  log.dropped(`${path}.${content.case ?? "content"}`, "Gemini takes no such part in this place.");
  return [];
}

function toFunctionCall(call: ToolCallPart, path: string, log: AdaptationLog): GooglePart {
  const parsed = call.argumentsJson === "" ? {} : parseJson(call.argumentsJson);
  if (!isObject(parsed)) log.emulated(`${path}.tool_call.arguments_json`, "Gemini takes objects alone; the text is given as one.");
  const signature = bytesToState(call.signature);
  return {
    functionCall: { name: call.name, args: isObject(parsed) ? parsed : { arguments: call.argumentsJson } },
    ...(signature === "" ? {} : { thoughtSignature: signature }),
  };
}

/** A result is an object to Gemini; pictures of it follow it in the same turn. */
function toFunctionResponse(result: ToolResultPart, names: ReadonlyMap<string, string>, path: string, log: AdaptationLog): GooglePart[] {
  const name = result.name || names.get(result.toolCallId) || "unknown_tool";
  const texts: string[] = [];
  const media: GooglePart[] = [];
  result.content.forEach((inner, index) => {
    const at = `${path}.tool_result.content[${index}]`;
    if (inner.content.case === "text") texts.push(inner.content.value.text);
    else if (inner.content.case === "image" || inner.content.case === "audio" || inner.content.case === "file") {
      media.push(...toMedia(inner.content.value.source, at, log));
    } else log.dropped(at, "Gemini takes text and media as results of tools.");
  });
  if (media.length > 0) log.emulated(`${path}.tool_result.content`, "Media of the result follow it in the turn.");
  return [{ functionResponse: { name, response: toResponse(texts.join("\n"), result.isError) } }, ...media];
}

function toResponse(text: string, isError: boolean): object {
  if (isError) return { error: text };
  const parsed = text.startsWith("{") ? parseJson(text) : undefined;
  return isObject(parsed) ? parsed : { output: text };
}

/** Thoughts go back with their signature as they came; those of other providers do not. */
function toThought(reasoning: ReasoningPart, path: string, log: AdaptationLog): GooglePart[] {
  if (reasoning.provider !== "google") {
    log.dropped(`${path}.reasoning`, "Gemini takes back its own thoughts alone.");
    return [];
  }
  const signature = bytesToState(reasoning.signature);
  const signed = signature === "" ? {} : { thoughtSignature: signature };
  if (reasoning.text !== "") return [{ text: reasoning.text, thought: true, ...signed }];
  return signature === "" ? [] : [{ text: "", ...signed }];
}

function toMedia(source: MediaSource | undefined, path: string, log: AdaptationLog): GooglePart[] {
  const location = source?.location;
  if (location?.case === "inline") {
    const mimeType = mediaType(location.value, source?.mimeType ?? "");
    if (mimeType !== "") return [{ inlineData: { mimeType, data: toBase64(location.value) } }];
    log.dropped(path, "Gemini wants a media type, and the bytes do not tell it.");
    return [];
  }
  const mimeType = source?.mimeType ? { mimeType: source.mimeType } : {};
  if (location?.case === "fileId") return [{ fileData: { fileUri: location.value, ...mimeType } }];
  if (location?.case === "url" && location.value.startsWith("https://generativelanguage.googleapis.com/")) {
    return [{ fileData: { fileUri: location.value, ...mimeType } }];
  }
  log.dropped(path, "Gemini takes media as bytes or as files of its own.");
  return [];
}

/** The first call of each turn since the user last spoke needs a signature; what others called has none. */
function signForeignCalls(contents: readonly GoogleContent[], log: AdaptationLog): void {
  const spoke = contents.findLastIndex((turn) => turn.role === "user" && turn.parts.some((part) => part.text !== undefined));
  let signed = false;
  for (const turn of contents.slice(spoke + 1)) {
    const first = turn.parts.find((part) => part.functionCall !== undefined);
    if (first === undefined || first.thoughtSignature !== undefined) continue;
    first.thoughtSignature = FOREIGN_SIGNATURE;
    signed = true;
  }
  if (signed) log.emulated("messages", "Calls without Gemini's signature carry its documented stand-in.");
}
