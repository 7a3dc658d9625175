import type { MediaSource, Part } from "@fairlead/contracts/chat/v1/content";
import { ImageDetail } from "@fairlead/contracts/chat/v1/content";
import { decodeBase64 } from "../base64.ts";
import { withMarker } from "../cache-control.ts";
import { readDataUrl } from "../data-url.ts";
import type { Findings } from "../findings.ts";
import * as build from "../part-builders.ts";
import { foreignPart, keepExtraFields } from "../part-extras.ts";
import { type AudioContent, type ContentPart, type FileContent, type ImageContent, isKnownContent, type KnownContent } from "./content-schema.ts";
import { OPENAI_CHAT } from "./dialect.ts";

const DETAILS = { auto: ImageDetail.AUTO, low: ImageDetail.LOW, high: ImageDetail.HIGH } as const;
const AUDIO_TYPES: Readonly<Record<string, string>> = { mp3: "audio/mpeg", wav: "audio/wav" };
const MAX_URL = 8192;

const KNOWN: ReadonlySet<string> = new Set([
  "type",
  "cache_control",
  "text",
  "image_url",
  "input_audio",
  "file",
  "refusal",
]);

/**
 * A piece of a message's content.
 *
 * @param path where it is below `messages`, for example `[0].content[1]`
 * @returns undefined when its bytes cannot be read; the findings then hold why
 */
export function toContentPart(content: ContentPart, path: () => string, findings: Findings): Part | undefined {
  if (!isKnownContent(content)) return foreignPart(OPENAI_CHAT, content, path, findings);
  const part = toPart(content, path, findings);
  if (part === undefined) return undefined;
  return withMarker(keepExtraFields(part, OPENAI_CHAT, content, KNOWN, path, findings), content.cache_control);
}

function toPart(content: KnownContent, path: () => string, findings: Findings): Part | undefined {
  switch (content.type) {
    case "text":
      return build.textPart(content.text);
    case "refusal":
      return build.refusalPart(content.refusal);
    case "image_url":
      return toImage(content, path, findings);
    case "input_audio":
      return toAudio(content, path, findings);
    case "file":
      return toFile(content, path, findings);
  }
}

function toImage(
  { image_url: { url, detail } }: ImageContent,
  path: () => string,
  findings: Findings,
): Part | undefined {
  const source = toSource(url, () => `${path()}.image_url.url`, findings);
  if (source === undefined) return undefined;
  return build.imagePart(source, detail === null || detail === undefined ? undefined : DETAILS[detail]);
}

function toAudio(
  { input_audio: { data, format } }: AudioContent,
  path: () => string,
  findings: Findings,
): Part | undefined {
  const type = format.toLowerCase();
  const bytes = decodeBase64(data);
  if (bytes !== undefined) return build.audioPart(build.inlineSource(bytes, AUDIO_TYPES[type] ?? `audio/${type}`));
  return findings.refuse(`${path()}.input_audio.data`, "Base64 text is expected.", "encoding");
}

function toFile({ file }: FileContent, path: () => string, findings: Findings): Part | undefined {
  const filename = file.filename ?? "";
  if (typeof file.file_id === "string") return build.filePart(build.fileIdSource(file.file_id, OPENAI_CHAT), filename);
  if (typeof file.file_data !== "string") {
    return findings.refuse(`${path()}.file`, "One of file_data and file_id is required.", "required");
  }
  const source = toFileSource(file.file_data, () => `${path()}.file.file_data`, findings);
  return source === undefined ? undefined : build.filePart(source, filename);
}

function toFileSource(data: string, path: () => string, findings: Findings): MediaSource | undefined {
  if (/^(data|https?):/i.test(data)) return toSource(data, path, findings);
  const bytes = decodeBase64(data);
  if (bytes !== undefined) return build.inlineSource(bytes, "");
  return findings.refuse(path(), "A data: URL or base64 text is expected.", "encoding");
}

function toSource(url: string, path: () => string, findings: Findings): MediaSource | undefined {
  if (/^https?:\/\//i.test(url)) {
    if (url.length <= MAX_URL) return build.urlSource(url);
    return findings.refuse(path(), `A URL of at most ${MAX_URL} characters is expected.`, "max");
  }
  const data = readDataUrl(url);
  if (data !== undefined) return build.inlineSource(data.bytes, data.mimeType);
  return findings.refuse(path(), "An http, https or data: URL is expected.", "format");
}
