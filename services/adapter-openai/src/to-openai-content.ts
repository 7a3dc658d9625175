import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { mediaType, toBase64, toDataUrl } from "@fairlead/adapter-kit/media-type";
import { type AudioPart, type FilePart, ImageDetail, type ImagePart, type Part } from "@fairlead/contracts/chat/v1/content";
import type { ChatCompletionContentPart } from "openai/resources/chat/completions";

const DETAIL = {
  [ImageDetail.UNSPECIFIED]: undefined,
  [ImageDetail.LOW]: "low",
  [ImageDetail.HIGH]: "high",
  [ImageDetail.AUTO]: "auto",
} as const;

/** The content of a user's message: a single text as it is, anything else as parts, whose boundaries are kept. */
export function toUserContent(parts: readonly Part[], path: string, log: AdaptationLog): string | ChatCompletionContentPart[] {
  const content = parts.flatMap((part, index) => toContentPart(part, `${path}.parts[${index}]`, log) ?? []);
  const only = content[0];
  if (content.length === 0) return "";
  return content.length === 1 && only?.type === "text" ? only.text : content;
}

function toContentPart(part: Part, path: string, log: AdaptationLog): ChatCompletionContentPart | undefined {
  noteCacheMarker(part, path, log);
  const { content } = part;
  switch (content.case) {
    case "text":
      return { type: "text", text: content.value.text };
    case "image":
      return toImage(content.value, path, log);
    case "audio":
      return toAudio(content.value, path, log);
    case "file":
      return toFile(content.value, path, log);
    default:
      log.dropped(`${path}.${content.case ?? "content"}`, "OpenAI takes no such part in this message.");
      return undefined;
  }
}

/** Notes a cache marker: OpenAI caches prompts by itself. */
export function noteCacheMarker(part: Pick<Part, "cacheMarker">, path: string, log: AdaptationLog): void {
  if (part.cacheMarker !== undefined) log.emulated(`${path}.cache_marker`, "OpenAI caches long prompts by itself.");
}

function toImage(image: ImagePart, path: string, log: AdaptationLog): ChatCompletionContentPart | undefined {
  const location = image.source?.location;
  if (location?.case === "inline") {
    const mimeType = mediaType(location.value, image.source?.mimeType ?? "");
    if (mimeType.startsWith("image/")) return imageUrl(toDataUrl(location.value, mimeType), image.detail);
    log.dropped(`${path}.image`, "The bytes are no picture that OpenAI knows.");
    return undefined;
  }
  if (location?.case === "url") return imageUrl(location.value, image.detail);
  log.dropped(`${path}.image`, "OpenAI's chat completions take no picture by file id.");
  return undefined;
}

function imageUrl(url: string, imageDetail: ImageDetail): ChatCompletionContentPart {
  const detail = DETAIL[imageDetail];
  return { type: "image_url", image_url: detail === undefined ? { url } : { url, detail } };
}

function toAudio(audio: AudioPart, path: string, log: AdaptationLog): ChatCompletionContentPart | undefined {
  const location = audio.source?.location;
  if (location?.case === "inline") {
    const mimeType = mediaType(location.value, audio.source?.mimeType ?? "");
    const format = /wav/.test(mimeType) ? "wav" : /mp3|mpeg/.test(mimeType) ? "mp3" : undefined;
    if (format !== undefined) return { type: "input_audio", input_audio: { data: toBase64(location.value), format } };
  }
  log.dropped(`${path}.audio`, "OpenAI takes sound as wav or mp3 bytes only.");
  return undefined;
}

function toFile(file: FilePart, path: string, log: AdaptationLog): ChatCompletionContentPart | undefined {
  const location = file.source?.location;
  if (location?.case === "fileId") {
    return { type: "file", file: { file_id: location.value } };
  }
  if (location?.case === "inline") {
    const mimeType = mediaType(location.value, file.source?.mimeType ?? "") || "application/octet-stream";
    const filename = file.filename === "" ? "document" : file.filename;
    return { type: "file", file: { file_data: toDataUrl(location.value, mimeType), filename } };
  }
  log.dropped(`${path}.file`, "OpenAI's chat completions take no document by address.");
  return undefined;
}
