import type { MediaSource, Part } from "@fairlead/contracts/chat/v1/content";
import { decodeBase64 } from "../base64.ts";
import type { Findings } from "../findings.ts";
import * as build from "../part-builders.ts";
import type { PlainSource } from "./block-schema.ts";

/** A picture; undefined when its bytes cannot be read, and then the findings hold why. */
export function toImage(source: PlainSource, path: () => string, findings: Findings): Part | undefined {
  const media = toSource(source, () => `${path()}.source`, findings);
  return media === undefined ? undefined : build.imagePart(media);
}

/** A document; undefined when it cannot be read, and then the findings hold why. */
export function toDocument(source: PlainSource, title: string, path: () => string, findings: Findings): Part | undefined {
  const media = toSource(source, () => `${path()}.source`, findings);
  return media === undefined ? undefined : build.filePart(media, title);
}

function toSource(source: PlainSource, path: () => string, findings: Findings): MediaSource | undefined {
  switch (source.type) {
    case "base64": {
      const bytes = decodeBase64(source.data);
      if (bytes !== undefined) return build.inlineSource(bytes, source.media_type);
      return findings.refuse(`${path()}.data`, "Base64 text is expected.", "encoding");
    }
    case "url":
      return build.urlSource(source.url);
    case "text":
      return build.inlineSource(new TextEncoder().encode(source.data), "text/plain");
  }
}
