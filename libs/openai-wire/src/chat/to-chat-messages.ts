import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";
import type {
  ChatCompletionContentPart,
  ChatCompletionMessageParam,
  ChatCompletionToolMessageParam,
} from "openai/resources/chat/completions";
import { toAssistantMessage } from "./to-assistant-message.ts";
import { toContentPart, toText, toUserContent } from "./to-chat-content.ts";
import type { Writing } from "../writing.ts";

const MEDIA: ReadonlySet<string | undefined> = new Set(["image", "audio", "file"]);

/**
 * The conversation as chat completions take it, in the same order. Media that a tool gave back, for which a tool's message
 * has no place, follow the results in a user's message.
 */
export function toChatMessages(request: ChatRequest, writing: Writing): ChatCompletionMessageParam[] {
  const written: ChatCompletionMessageParam[] = [];
  let media: ChatCompletionContentPart[] = [];
  const giveMedia = () => {
    if (media.length > 0) written.push({ role: "user", content: media });
    media = [];
  };
  request.messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (message.role !== Role.TOOL) {
      giveMedia();
      written.push(toMessage(message, path, writing));
      return;
    }
    message.parts.forEach((part, at) => written.push(...toToolMessage(part, `${path}.parts[${at}]`, media, writing)));
  });
  giveMedia();
  return written;
}

function toMessage(message: Message, path: string, writing: Writing): ChatCompletionMessageParam {
  const { flavor, log } = writing;
  const named = message.name !== "";
  if (named && !flavor.messageNames) log.dropped(`${path}.name`, `${flavor.name} takes no names of speakers.`);
  const name = named && flavor.messageNames ? { name: message.name } : {};
  switch (message.role) {
    case Role.SYSTEM:
      return { role: "system", content: toText(message.parts, path, writing), ...name };
    case Role.DEVELOPER:
      return { role: flavor.developerRole, content: toText(message.parts, path, writing), ...name };
    case Role.ASSISTANT:
      return { ...toAssistantMessage(message, path, writing), ...name };
    default:
      return { role: "user", content: toUserContent(message.parts, path, writing), ...name };
  }
}

function toToolMessage(
  part: Part,
  path: string,
  media: ChatCompletionContentPart[],
  writing: Writing,
): ChatCompletionToolMessageParam[] {
  const { flavor, log } = writing;
  if (part.content.case !== "toolResult") {
    log.dropped(
      `${path}.${part.content.case ?? "content"}`,
      `${flavor.name} takes results of tools alone in a tool message.`,
    );
    return [];
  }
  const { content, toolCallId, isError } = part.content.value;
  const at = `${path}.tool_result`;
  if (isError) log.dropped(`${at}.is_error`, `${flavor.name} knows a failed tool by its text alone.`);
  const said = content.filter((inner) => !MEDIA.has(inner.content.case));
  content.forEach((inner, index) => {
    if (!MEDIA.has(inner.content.case)) return;
    const block = toContentPart(inner, `${at}.content[${index}]`, writing);
    if (block === undefined) return;
    log.emulated(
      `${at}.content[${index}]`,
      `${flavor.name} takes text alone from tools, so what is no text follows as the user's.`,
    );
    media.push({ type: "text", text: `From the result of the tool call ${toolCallId}:` }, block);
  });
  const last = said.at(-1);
  // A mark on the result marks what it ends with.
  const marked =
    last === undefined || part.cacheMarker === undefined
      ? said
      : [...said.slice(0, -1), { ...last, cacheMarker: part.cacheMarker }];
  return [{ role: "tool", tool_call_id: toolCallId, content: toText(marked, at, writing) }];
}
