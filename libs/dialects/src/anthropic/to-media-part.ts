import type { MediaSource, Part } from "@fairlead/contracts/chat/v1/content";
import { decodeBase64 } from "../base64.ts";
import type { Findings } from "../findings.ts";
import { keepUnknownKeys } from "../leftovers.ts";
import * as build from "../part-builders.ts";
import type { DocumentBlock, ImageBlock } from "./block-schema.ts";

const KNOWN_SOURCE: ReadonlySet<string> = new Set(["type", "media_type", "data", "url", "file_id"]);

/** A picture; undefined when its bytes cannot be read, and then the findings hold why. */
export function toImage({ source }: ImageBlock, path: () => string, findings: Findings): Part | undefined {
  const media = toSource(source, () => `${path()}.source`, findings);
  return media === undefined ? undefined : build.imagePart(media);
}

/** A document; undefined when it cannot be read, and then the findings hold why. */
export function toDocument({ source, title }: DocumentBlock, path: () => string, findings: Findings): Part | undefined {
  const media = toSource(source, () => `${path()}.source`, findings);
  return media === undefined ? undefined : build.filePart(media, title ?? "");
}

function toSource(source: DocumentBlock["source"], path: () => string, findings: Findings): MediaSource | undefined {
  keepUnknownKeys(findings.leftovers, "messages", path, source, KNOWN_SOURCE);
  switch (source.type) {
    case "base64": {
      const bytes = decodeBase64(source.data);
      if (bytes !== undefined) return build.inlineSource(bytes, source.media_type);
      return findings.refuse(`${path()}.data`, "Base64 text is expected.", "encoding");
    }
    case "url":
      return build.urlSource(source.url);
    case "file":
      return build.fileIdSource(source.file_id);
    case "text":
      return build.inlineSource(new TextEncoder().encode(source.data), "text/plain");
    case "content":
      return findings.refuse(`${path()}.type`, "Documents made of content blocks are not supported.", "unsupported");
  }
}
