import { isObject, parseJson } from "@fairlead/adapter-kit/json";
import type { ToolResultPart } from "@fairlead/contracts/chat/v1/content";
import { toGoogleMedia } from "./to-google-media.ts";
import type { GooglePart, PartWriting } from "./to-google-part.ts";

/** Writes the result of a tool, which is an object to Gemini; pictures of it follow it in the same turn. */
export function toFunctionResponse(result: ToolResultPart, path: string, writing: PartWriting): GooglePart[] {
  const { log, names } = writing;
  const name = result.name || names.get(result.toolCallId) || "unknown_tool";
  const texts: string[] = [];
  const media: GooglePart[] = [];
  result.content.forEach(({ content }, index) => {
    const at = `${path}.tool_result.content[${index}]`;
    if (content.case === "text") texts.push(content.value.text);
    else if (content.case === "image" || content.case === "audio" || content.case === "file") {
      media.push(...toGoogleMedia(content.value.source, at, writing));
    } else log.dropped(`${at}.${content.case ?? "content"}`, "Gemini takes text and media as results of tools.");
  });
  if (media.length > 0) log.emulated(`${path}.tool_result.content`, "Media of the result follow it in the turn.");
  // Gemini pairs by id where both have it, else by name and order; an id without its call would fit nothing.
  const id = names.has(result.toolCallId) ? { id: result.toolCallId } : {};
  return [{ functionResponse: { ...id, name, response: toResponse(texts.join("\n"), result.isError) } }, ...media];
}

function toResponse(text: string, isError: boolean): object {
  if (isError) return { error: text };
  const parsed = text.startsWith("{") ? parseJson(text) : undefined;
  return isObject(parsed) ? parsed : { output: text };
}
