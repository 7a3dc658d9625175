import { keptElsewhere } from "@fairlead/adapter-kit/kept-elsewhere";
import { foreignBlock, withExtraFields } from "@fairlead/adapter-kit/foreign";
import { mediaType, toDataUrl } from "@fairlead/adapter-kit/media-type";
import type { FilePart, ImagePart, Part } from "@fairlead/contracts/chat/v1/content";
import type { ResponseInputContent, ResponseInputFile, ResponseInputImage } from "openai/resources/responses/responses";
import { IMAGE_DETAIL } from "../chat/to-chat-media.ts";
import { CHAT_DIALECT, RESPONSES_DIALECT } from "../dialects.ts";
import { cacheMark, type Writing } from "../writing.ts";

/** Content of a message or of a tool's result: a single text without more as it is, anything else as a list. */
export function toInputContent(
  parts: readonly Part[],
  path: string,
  writing: Writing,
): string | ResponseInputContent[] {
  const content = parts.flatMap((part, index) => toInputPart(part, `${path}[${index}]`, writing) ?? []);
  const only = content[0];
  if (only === undefined) return "";
  const plain = content.length === 1 && only.type === "input_text" && Object.keys(only).length === 2;
  return plain ? only.text : content;
}

function toInputPart(part: Part, path: string, writing: Writing): ResponseInputContent | undefined {
  const block = toBlock(part, path, writing);
  if (block === undefined) return undefined;
  const marked = part.cacheMarker === undefined ? block : Object.assign(block, cacheMark(part, true, path, writing));
  return withExtraFields(marked, part, RESPONSES_DIALECT, path, writing.log);
}

function toBlock(part: Part, path: string, writing: Writing): ResponseInputContent | undefined {
  const { content } = part;
  switch (content.case) {
    case "text":
      return { type: "input_text", text: content.value.text };
    case "image":
      return toInputImage(content.value, path, writing);
    case "file":
      return toInputFile(content.value, path, writing);
    case "foreign":
      return foreignBlock(part, RESPONSES_DIALECT, path, writing.log) as ResponseInputContent | undefined;
    default:
      writing.log.dropped(
        `${path}.${content.case ?? "content"}`,
        `${writing.flavor.name}'s Responses API takes no such part in this place.`,
      );
      return undefined;
  }
}

function toInputImage(image: ImagePart, path: string, { flavor, log }: Writing): ResponseInputContent | undefined {
  if (keptElsewhere(image.source, CHAT_DIALECT, `${path}.image`, log)) return undefined;
  const location = image.source?.location;
  const detail = IMAGE_DETAIL[image.detail];
  // The types want a detail, which the API does not.
  const block = { type: "input_image", ...(detail === undefined ? {} : { detail }) } as ResponseInputImage;
  if (location?.case === "fileId") return { ...block, file_id: location.value };
  if (location?.case === "url") return { ...block, image_url: location.value };
  if (location?.case === "inline") {
    const mimeType = mediaType(location.value, image.source?.mimeType ?? "");
    if (mimeType.startsWith("image/")) return { ...block, image_url: toDataUrl(location.value, mimeType) };
  }
  log.dropped(`${path}.image`, `The bytes are no picture that ${flavor.name} knows.`);
  return undefined;
}

function toInputFile(file: FilePart, path: string, { flavor, log }: Writing): ResponseInputFile | undefined {
  if (keptElsewhere(file.source, CHAT_DIALECT, `${path}.file`, log)) return undefined;
  const location = file.source?.location;
  const filename = file.filename === "" ? {} : { filename: file.filename };
  switch (location?.case) {
    case "fileId":
      return { type: "input_file", file_id: location.value };
    case "url":
      return { type: "input_file", file_url: location.value, ...filename };
    case "inline": {
      const mimeType = mediaType(location.value, file.source?.mimeType ?? "") || "application/octet-stream";
      return {
        type: "input_file",
        file_data: toDataUrl(location.value, mimeType),
        filename: file.filename || "document",
      };
    }
    default:
      log.dropped(`${path}.file`, `${flavor.name} is not told where the document is.`);
      return undefined;
  }
}
