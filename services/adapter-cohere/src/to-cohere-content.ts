import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { foreignBlock, withExtraFields } from "@fairlead/adapter-kit/foreign";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { mediaType, toDataUrl } from "@fairlead/adapter-kit/media-type";
import { type FilePart, ImageDetail, type ImagePart, type Part } from "@fairlead/contracts/chat/v1/content";
import { COHERE_DIALECT } from "./dialect.ts";

/** Content of a message: text alone, or blocks. */
export type CohereContent = string | JsonObject[];

/** Where blocks stand: only users show pictures, only tools give documents. */
export type Place = "system" | "user" | "assistant" | "tool";

const IMAGE_TYPES: readonly string[] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

const DETAILS: Readonly<Record<ImageDetail, string | undefined>> = {
  [ImageDetail.UNSPECIFIED]: undefined,
  [ImageDetail.LOW]: "low",
  [ImageDetail.HIGH]: "high",
  [ImageDetail.AUTO]: "auto",
};

/** Parts as content. What Cohere cannot take in the place is noted. */
export function toContent(parts: readonly Part[], place: Place, path: string, log: AdaptationLog): CohereContent {
  const blocks = parts.map((part, index) => toBlock(part, place, `${path}[${index}]`, log));
  return contentOf(blocks.filter((block) => block !== undefined));
}

/** Blocks as content; a single plain text needs no block. */
export function contentOf(blocks: JsonObject[]): CohereContent {
  const [only] = blocks;
  if (only === undefined) return "";
  const plain = blocks.length === 1 && only["type"] === "text" && Object.keys(only).length === 2;
  return plain ? (only["text"] as string) : blocks;
}

/** A part as a block; undefined for what Cohere cannot take in the place, which is noted. */
export function toBlock(part: Part, place: Place, path: string, log: AdaptationLog): JsonObject | undefined {
  if (part.cacheMarker !== undefined) log.emulated(`${path}.cache_marker`, "Cohere caches prompts by itself.");
  const block = written(part, place, path, log);
  return block === undefined ? undefined : withExtraFields(block, part, COHERE_DIALECT, path, log);
}

function written(part: Part, place: Place, path: string, log: AdaptationLog): JsonObject | undefined {
  const { content } = part;
  switch (content.case) {
    case "text":
    case "refusal":
      return { type: "text", text: content.value.text };
    case "image":
      if (place === "user") return toImage(content.value, path, log);
      break;
    case "file":
      if (place === "tool") return toDocument(content.value, path, log);
      break;
    case "foreign":
      return foreignBlock(part, COHERE_DIALECT, path, log);
    default:
  }
  log.dropped(`${path}.${content.case ?? "content"}`, "Cohere takes no such part in this place.");
  return undefined;
}

function toImage(image: ImagePart, path: string, log: AdaptationLog): JsonObject | undefined {
  const url = imageUrl(image);
  if (url === undefined) {
    log.dropped(`${path}.image`, "Cohere takes pictures as jpeg, png, gif or webp bytes or by address.");
    return undefined;
  }
  const detail = DETAILS[image.detail];
  return { type: "image_url", image_url: { url, ...(detail === undefined ? {} : { detail }) } };
}

function imageUrl({ source }: ImagePart): string | undefined {
  const location = source?.location;
  if (location?.case === "url") return location.value;
  if (location?.case !== "inline") return undefined;
  const type = mediaType(location.value, source?.mimeType ?? "");
  return IMAGE_TYPES.includes(type) ? toDataUrl(location.value, type) : undefined;
}

function toDocument({ source, filename }: FilePart, path: string, log: AdaptationLog): JsonObject | undefined {
  const location = source?.location;
  const type = location?.case === "inline" ? mediaType(location.value, source?.mimeType ?? "") : "";
  if (location?.case !== "inline" || !(type.startsWith("text/") || type === "application/json")) {
    log.dropped(`${path}.file`, "Cohere takes documents as text alone.");
    return undefined;
  }
  const data = { ...(filename === "" ? {} : { title: filename }), text: new TextDecoder().decode(location.value) };
  return { type: "document", document: { data } };
}
