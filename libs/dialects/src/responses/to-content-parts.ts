import { ImageDetail, type MediaSource, type Part } from "@fairlead/contracts/chat/v1/content";
import { decodeBase64 } from "../base64.ts";
import { readDataUrl } from "../data-url.ts";
import type { Findings } from "../findings.ts";
import { OPENAI_CHAT } from "../openai/dialect.ts";
import * as build from "../part-builders.ts";
import { foreignPart, keepExtraFields } from "../part-extras.ts";
import { type AudioContent, type Content, type FileContent, type ImageContent, isKnownContent, type KnownContent } from "./content-schema.ts";
import { OPENAI_RESPONSES } from "./dialect.ts";

const DETAILS: ReadonlyMap<string, ImageDetail> = new Map([
  ["auto", ImageDetail.AUTO],
  ["low", ImageDetail.LOW],
  ["high", ImageDetail.HIGH],
]);
const AUDIO_TYPES: ReadonlyMap<string, string> = new Map([
  ["mp3", "audio/mpeg"],
  ["wav", "audio/wav"],
]);
const MAX_URL = 8192;

const KNOWN: Readonly<Record<KnownContent["type"], ReadonlySet<string>>> = {
  input_text: new Set(["type", "text"]),
  input_image: new Set(["type", "image_url", "file_id", "detail"]),
  input_file: new Set(["type", "file_data", "file_id", "file_url", "filename"]),
  input_audio: new Set(["type", "input_audio"]),
  output_text: new Set(["type", "text"]),
  refusal: new Set(["type", "refusal"]),
};

/**
 * The parts of a message's content, or of what a tool gave back.
 *
 * @param path where it is below `input`, for example `[0].content`
 */
export function toContentParts(content: Content, path: () => string, findings: Findings): Part[] {
  if (typeof content === "string") return content === "" ? [] : [build.textPart(content)];
  const parts: Part[] = [];
  for (const [index, block] of content.entries()) {
    const at = () => `${path()}[${index}]`;
    const part = isKnownContent(block) ? toPart(block, at, findings) : foreignPart(OPENAI_RESPONSES, block, at, findings);
    if (part === undefined) continue;
    parts.push(isKnownContent(block) ? keepExtraFields(part, OPENAI_RESPONSES, block, KNOWN[block.type], at, findings) : part);
  }
  return parts;
}

function toPart(block: KnownContent, path: () => string, findings: Findings): Part | undefined {
  switch (block.type) {
    case "input_text":
    case "output_text":
      return build.textPart(block.text);
    case "refusal":
      return build.refusalPart(block.refusal);
    case "input_image":
      return toImage(block, path, findings);
    case "input_file":
      return toFile(block, path, findings);
    case "input_audio":
      return toAudio(block, path, findings);
  }
}

function toImage(image: ImageContent, path: () => string, findings: Findings): Part | undefined {
  const source = toImageSource(image, path, findings);
  if (source === undefined) return undefined;
  const word = image.detail ?? "";
  const part = build.imagePart(source, DETAILS.get(word));
  // A word that the contract has not, such as original, goes along for OpenAI.
  return DETAILS.has(word) ? part : keepExtraFields(part, OPENAI_RESPONSES, { detail: image.detail }, new Set(), path, findings);
}

function toImageSource({ image_url: url, file_id: fileId }: ImageContent, path: () => string, findings: Findings) {
  if (typeof url === "string") return toSource(url, `${path()}.image_url`, findings);
  if (typeof fileId === "string") return build.fileIdSource(fileId, OPENAI_CHAT);
  return findings.refuse(path(), "One of image_url and file_id is required.", "required");
}

function toFile(file: FileContent, path: () => string, findings: Findings): Part | undefined {
  const source = toFileSource(file, path, findings);
  return source === undefined ? undefined : build.filePart(source, file.filename ?? "");
}

function toFileSource(file: FileContent, path: () => string, findings: Findings): MediaSource | undefined {
  if (typeof file.file_id === "string") return build.fileIdSource(file.file_id, OPENAI_CHAT);
  if (typeof file.file_url === "string") return build.urlSource(file.file_url);
  if (typeof file.file_data !== "string") {
    return findings.refuse(path(), "One of file_data, file_url and file_id is required.", "required");
  }
  if (/^(data|https?):/i.test(file.file_data)) return toSource(file.file_data, `${path()}.file_data`, findings);
  const bytes = decodeBase64(file.file_data);
  if (bytes !== undefined) return build.inlineSource(bytes, "");
  return findings.refuse(`${path()}.file_data`, "A data: URL or base64 text is expected.", "encoding");
}

function toAudio({ input_audio: { data, format } }: AudioContent, path: () => string, findings: Findings): Part | undefined {
  const type = format.toLowerCase();
  const bytes = decodeBase64(data);
  if (bytes !== undefined) return build.audioPart(build.inlineSource(bytes, AUDIO_TYPES.get(type) ?? `audio/${type}`));
  return findings.refuse(`${path()}.input_audio.data`, "Base64 text is expected.", "encoding");
}

function toSource(url: string, path: string, findings: Findings): MediaSource | undefined {
  if (/^https?:\/\//i.test(url)) {
    if (url.length <= MAX_URL) return build.urlSource(url);
    return findings.refuse(path, `A URL of at most ${MAX_URL} characters is expected.`, "max");
  }
  const data = readDataUrl(url);
  if (data !== undefined) return build.inlineSource(data.bytes, data.mimeType);
  return findings.refuse(path, "An http, https or data: URL is expected.", "format");
}
