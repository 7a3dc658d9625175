import { foreignBlock, withExtraFields } from "@fairlead/adapter-kit/foreign";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import type { ChatCompletionContentPart, ChatCompletionContentPartText } from "openai/resources/chat/completions";
import { CHAT_DIALECT } from "../dialects.ts";
import { toAudio, toFile, toImage } from "./to-chat-media.ts";
import { cacheMark, type Writing } from "../writing.ts";

/** Content with what belongs to a part of its own: a single text without more is written as text. */
export function joinContent<T extends { readonly type: string }>(content: readonly T[]): string | T[] {
  const only = content[0];
  if (only === undefined) return "";
  const plain = content.length === 1 && only.type === "text" && Object.keys(only).length === 2;
  return plain ? (only as unknown as ChatCompletionContentPartText).text : [...content];
}

/** The content of a user's message: a single text as it is, anything else as parts, whose boundaries are kept. */
export function toUserContent(
  parts: readonly Part[],
  path: string,
  writing: Writing,
): string | ChatCompletionContentPart[] {
  return joinContent(parts.flatMap((part, index) => toContentPart(part, `${path}.parts[${index}]`, writing) ?? []));
}

/** A part of a user's message; undefined where the server takes no such part. */
export function toContentPart(part: Part, path: string, writing: Writing): ChatCompletionContentPart | undefined {
  const block = toBlock(part, path, writing);
  return block === undefined ? undefined : withMarks(block, part, path, writing);
}

/** Text alone; several texts stay several parts, so that what is cached of them stays so. */
export function toText(
  parts: readonly Part[],
  path: string,
  writing: Writing,
): string | ChatCompletionContentPartText[] {
  return joinContent(parts.flatMap((part, index) => toTextPart(part, `${path}.parts[${index}]`, writing) ?? []));
}

function toTextPart(part: Part, path: string, writing: Writing): ChatCompletionContentPartText | undefined {
  const { content } = part;
  if (content.case === "text") {
    const block: ChatCompletionContentPartText = { type: "text", text: content.value.text };
    return withMarks(block, part, path, writing);
  }
  if (content.case === "foreign")
    return foreignBlock(part, CHAT_DIALECT, path, writing.log) as ChatCompletionContentPartText | undefined;
  writing.log.dropped(`${path}.${content.case ?? "content"}`, `${writing.flavor.name} takes text alone in this place.`);
  return undefined;
}

/** Adds to a block what the part says beside its content. */
export function withMarks<T extends object>(block: T, part: Part, path: string, writing: Writing): T {
  const marked =
    part.cacheMarker === undefined
      ? block
      : Object.assign(block, cacheMark(part, part.content.case !== "toolCall", path, writing));
  return withExtraFields(marked, part, CHAT_DIALECT, path, writing.log);
}

function toBlock(part: Part, path: string, writing: Writing): ChatCompletionContentPart | undefined {
  const { content } = part;
  switch (content.case) {
    case "text":
      return { type: "text", text: content.value.text };
    case "image":
      return toImage(content.value, path, writing);
    case "audio":
      return toAudio(content.value, path, writing);
    case "file":
      return toFile(content.value, path, writing);
    case "foreign":
      return foreignBlock(part, CHAT_DIALECT, path, writing.log) as ChatCompletionContentPart | undefined;
    default:
      writing.log.dropped(
        `${path}.${content.case ?? "content"}`,
        `${writing.flavor.name} takes no such part in this message.`,
      );
      return undefined;
  }
}
