import { keptElsewhere } from "@fairlead/adapter-kit/kept-elsewhere";
import { mediaType, toBase64, toDataUrl } from "@fairlead/adapter-kit/media-type";
import { type AudioPart, type FilePart, ImageDetail, type ImagePart } from "@fairlead/contracts/chat/v1/content";
import type { ChatCompletionContentPart } from "openai/resources/chat/completions";
import { CHAT_DIALECT } from "../dialects.ts";
import type { MediaForm } from "../flavor.ts";
import type { Writing } from "../writing.ts";

/** How closely a picture is looked at, in OpenAI's words. */
export const IMAGE_DETAIL = {
  [ImageDetail.UNSPECIFIED]: undefined,
  [ImageDetail.LOW]: "low",
  [ImageDetail.HIGH]: "high",
  [ImageDetail.AUTO]: "auto",
} as const;

/** A picture. Undefined, and noted, where the server does not take it. */
export function toImage(image: ImagePart, path: string, writing: Writing): ChatCompletionContentPart | undefined {
  if (!takes("image_url", `${path}.image`, writing)) return undefined;
  const { flavor, log } = writing;
  const location = image.source?.location;
  if (location?.case === "inline") {
    const mimeType = mediaType(location.value, image.source?.mimeType ?? "");
    if (mimeType.startsWith("image/")) return imageUrl(toDataUrl(location.value, mimeType), image.detail);
    log.dropped(`${path}.image`, `The bytes are no picture that ${flavor.name} knows.`);
    return undefined;
  }
  if (location?.case === "url") return imageUrl(location.value, image.detail);
  log.dropped(`${path}.image`, `${flavor.name}'s chat completions take no picture by file id.`);
  return undefined;
}

function imageUrl(url: string, imageDetail: ImageDetail): ChatCompletionContentPart {
  const detail = IMAGE_DETAIL[imageDetail];
  return { type: "image_url", image_url: detail === undefined ? { url } : { url, detail } };
}

/** Sound, as wav or mp3. Undefined, and noted, where the server does not take it. */
export function toAudio(audio: AudioPart, path: string, writing: Writing): ChatCompletionContentPart | undefined {
  if (!takes("input_audio", `${path}.audio`, writing)) return undefined;
  const location = audio.source?.location;
  if (location?.case === "inline") {
    const format = audioFormat(mediaType(location.value, audio.source?.mimeType ?? ""));
    if (format !== undefined) return { type: "input_audio", input_audio: { data: toBase64(location.value), format } };
  }
  writing.log.dropped(`${path}.audio`, `${writing.flavor.name} takes sound as wav or mp3 bytes only.`);
  return undefined;
}

function audioFormat(mimeType: string): "wav" | "mp3" | undefined {
  return /wav/.test(mimeType) ? "wav" : /mp3|mpeg/.test(mimeType) ? "mp3" : undefined;
}

/** A document. Undefined, and noted, where the server does not take it. */
export function toFile(file: FilePart, path: string, writing: Writing): ChatCompletionContentPart | undefined {
  if (!takes("file", `${path}.file`, writing)) return undefined;
  if (keptElsewhere(file.source, CHAT_DIALECT, `${path}.file`, writing.log)) return undefined;
  const location = file.source?.location;
  if (location?.case === "fileId") return { type: "file", file: { file_id: location.value } };
  if (location?.case === "inline") {
    const mimeType = mediaType(location.value, file.source?.mimeType ?? "") || "application/octet-stream";
    const filename = file.filename === "" ? "document" : file.filename;
    return { type: "file", file: { file_data: toDataUrl(location.value, mimeType), filename } };
  }
  writing.log.dropped(`${path}.file`, `${writing.flavor.name}'s chat completions take no document by address.`);
  return undefined;
}

function takes(form: MediaForm, path: string, { flavor, log }: Writing): boolean {
  if (flavor.media.has(form)) return true;
  log.dropped(path, `${flavor.name} takes no such media.`);
  return false;
}
