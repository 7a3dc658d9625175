import type {
  CacheControlEphemeral,
  DocumentBlockParam,
  ImageBlockParam,
  TextBlockParam,
} from "@anthropic-ai/sdk/resources/messages";
import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { mediaType, toBase64 } from "@fairlead/adapter-kit/media-type";
import { type FilePart, ImageDetail, type ImagePart, type Part } from "@fairlead/contracts/chat/v1/content";

/** Blocks that a user's turn, a tool's result and, the text alone, the system text are made of. */
export type PlainBlock = TextBlockParam | ImageBlockParam | DocumentBlockParam;

const IMAGE_TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"] as const;

const FIVE_MINUTES = 300;
const HOUR = 3_600;

/** A text, picture or document as a block; undefined for what Anthropic cannot take, which is noted. */
export function toPlainBlock(part: Part, path: string, log: AdaptationLog): PlainBlock | undefined {
  const block = toBlock(part, path, log);
  const marker = toCacheControl(part, path, log);
  if (block !== undefined && marker !== undefined) block.cache_control = marker;
  return block;
}

function toBlock(part: Part, path: string, log: AdaptationLog): PlainBlock | undefined {
  const { content } = part;
  switch (content.case) {
    case "text":
    case "refusal":
      // Anthropic refuses empty text.
      return content.value.text === "" ? undefined : { type: "text", text: content.value.text };
    case "image":
      return toImage(content.value, path, log);
    case "file":
      return toDocument(content.value, path, log);
    default:
      log.dropped(`${path}.${content.case ?? "content"}`, "Anthropic takes no such part in this place.");
      return undefined;
  }
}

/** The cache marker of a part or tool. Anthropic keeps prompts for five minutes or an hour. */
export function toCacheControl(
  marked: Pick<Part, "cacheMarker">,
  path: string,
  log: AdaptationLog,
): CacheControlEphemeral | undefined {
  const seconds = marked.cacheMarker?.ttlSeconds;
  if (seconds === undefined) return undefined;
  if (seconds === 0) return { type: "ephemeral" };
  if (seconds !== FIVE_MINUTES && seconds !== HOUR) {
    log.clamped(`${path}.cache_marker.ttl_seconds`, "Anthropic keeps prompts for 300 or 3600 seconds.");
  }
  return { type: "ephemeral", ttl: seconds <= FIVE_MINUTES ? "5m" : "1h" };
}

function toImage(image: ImagePart, path: string, log: AdaptationLog): ImageBlockParam | undefined {
  if (image.detail === ImageDetail.LOW || image.detail === ImageDetail.HIGH) {
    log.dropped(`${path}.image.detail`, "Anthropic looks at every picture in the same way.");
  }
  const location = image.source?.location;
  if (location?.case === "url") return { type: "image", source: { type: "url", url: location.value } };
  if (location?.case === "inline") {
    const found = mediaType(location.value, image.source?.mimeType ?? "");
    const type = IMAGE_TYPES.find((known) => known === found);
    if (type !== undefined) return { type: "image", source: { type: "base64", media_type: type, data: toBase64(location.value) } };
  }
  log.dropped(`${path}.image`, "Anthropic takes pictures as jpeg, png, gif or webp bytes or by address.");
  return undefined;
}

function toDocument(file: FilePart, path: string, log: AdaptationLog): DocumentBlockParam | undefined {
  const title = file.filename === "" ? {} : { title: file.filename };
  const location = file.source?.location;
  if (location?.case === "url") return { type: "document", source: { type: "url", url: location.value }, ...title };
  if (location?.case === "inline") {
    const type = mediaType(location.value, file.source?.mimeType ?? "");
    if (type === "application/pdf") {
      return { type: "document", source: { type: "base64", media_type: type, data: toBase64(location.value) }, ...title };
    }
    if (type.startsWith("text/") || type === "application/json") {
      const data = new TextDecoder().decode(location.value);
      return { type: "document", source: { type: "text", media_type: "text/plain", data }, ...title };
    }
  }
  log.dropped(`${path}.file`, "Anthropic takes documents as PDF or text, or a PDF by address.");
  return undefined;
}
