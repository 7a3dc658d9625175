import { keptElsewhere } from "@fairlead/adapter-kit/kept-elsewhere";
import type { DocumentBlockParam, ImageBlockParam, TextBlockParam } from "@anthropic-ai/sdk/resources/messages";
import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { knownMediaType, toBase64 } from "@fairlead/adapter-kit/media-type";
import { type AudioPart, type FilePart, ImageDetail, type ImagePart, type Part } from "@fairlead/contracts/chat/v1/content";
import { ANTHROPIC_DIALECT } from "./dialect.ts";

/** Blocks of media. */
export type MediaBlock = ImageBlockParam | DocumentBlockParam | TextBlockParam;

const IMAGE_TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"] as const;

const PDF = "application/pdf";

/** Media types of documents that are text, whatever they are called. */
const TEXT_TYPES = /^text\/|[/+](json|xml|yaml|x-yaml|javascript|csv|x-ndjson|sql|toml)$/;

/** A picture, document or recording as a block; undefined for what Anthropic cannot take, which is noted. */
export function toAnthropicMedia(
  content: Extract<Part["content"], { case: "image" | "file" | "audio" }>,
  path: string,
  log: AdaptationLog,
): MediaBlock | undefined {
  switch (content.case) {
    case "image":
      return toImage(content.value, path, log);
    case "file":
      return toDocument(content.value, path, log);
    case "audio":
      return toTranscript(content.value, path, log);
  }
}

function toImage(image: ImagePart, path: string, log: AdaptationLog): MediaBlock | undefined {
  if (image.detail === ImageDetail.LOW || image.detail === ImageDetail.HIGH) {
    log.dropped(`${path}.image.detail`, "Anthropic looks at every picture in the same way.");
  }
  if (keptElsewhere(image.source, ANTHROPIC_DIALECT, `${path}.image`, log)) return undefined;
  const location = image.source?.location;
  switch (location?.case) {
    case "url":
      return { type: "image", source: { type: "url", url: location.value } };
    case "fileId":
      return { type: "image", source: { type: "file", file_id: location.value } };
    case "inline": {
      const block = toPicture(location.value);
      if (block !== undefined) return block;
    }
  }
  log.dropped(`${path}.image`, "Anthropic takes pictures as jpeg, png, gif or webp.");
  return undefined;
}

/** The bytes decide: what is said of them can be wrong, and Anthropic refuses what does not fit it. */
function toPicture(bytes: Uint8Array): ImageBlockParam | undefined {
  const found = knownMediaType(bytes);
  const type = IMAGE_TYPES.find((known) => known === found);
  return type && { type: "image", source: { type: "base64", media_type: type, data: toBase64(bytes) } };
}

function toDocument(file: FilePart, path: string, log: AdaptationLog): MediaBlock | undefined {
  if (keptElsewhere(file.source, ANTHROPIC_DIALECT, `${path}.file`, log)) return undefined;
  const title = file.filename === "" ? {} : { title: file.filename };
  const location = file.source?.location;
  switch (location?.case) {
    case "url":
      return { type: "document", source: { type: "url", url: location.value }, ...title };
    case "fileId":
      return { type: "document", source: { type: "file", file_id: location.value }, ...title };
    case "inline": {
      const source = toDocumentSource(location.value, file.source?.mimeType.toLowerCase() ?? "");
      if (source !== undefined) return { type: "document", source, ...title };
      const picture = toPicture(location.value);
      if (picture !== undefined) return picture;
    }
  }
  log.dropped(`${path}.file`, "Anthropic takes documents as PDF or text.");
  return undefined;
}

function toDocumentSource(bytes: Uint8Array, said: string): DocumentBlockParam["source"] | undefined {
  const found = knownMediaType(bytes);
  // A PDF may have other bytes before its mark.
  if (found === PDF || (found === undefined && said === PDF)) return { type: "base64", media_type: PDF, data: toBase64(bytes) };
  if (found !== undefined || !TEXT_TYPES.test(said)) return undefined;
  return { type: "text", media_type: "text/plain", data: new TextDecoder().decode(bytes) };
}

/** Anthropic does not listen; what was said stands for the sound, where it is known. */
function toTranscript(audio: AudioPart, path: string, log: AdaptationLog): MediaBlock | undefined {
  if (audio.transcript.trim() === "") {
    log.dropped(`${path}.audio`, "Anthropic takes no sound.");
    return undefined;
  }
  log.emulated(`${path}.audio`, "Anthropic takes no sound; its transcript is sent.");
  return { type: "text", text: audio.transcript };
}
