import type { CacheMarker, MediaSource, Part } from "@fairlead/contracts/chat/v1/content";
import { ImageDetail } from "@fairlead/contracts/chat/v1/content";
import type { Message, Role } from "@fairlead/contracts/chat/v1/message";

// Written as plain objects, which is what create() makes, because create() costs ten times as much and every request
// has dozens of these.

type Bytes = Uint8Array;

const NO_BYTES = new Uint8Array(0);

export function messageOf(role: Role, parts: Part[], name = ""): Message {
  return { $typeName: "fairlead.chat.v1.Message", role, parts, name };
}

export function textPart(text: string): Part {
  return partOf({ case: "text", value: { $typeName: "fairlead.chat.v1.TextPart", text } });
}

export function imagePart(source: MediaSource, detail = ImageDetail.UNSPECIFIED): Part {
  return partOf({ case: "image", value: { $typeName: "fairlead.chat.v1.ImagePart", source, detail } });
}

export function audioPart(source: MediaSource, transcript = ""): Part {
  return partOf({ case: "audio", value: { $typeName: "fairlead.chat.v1.AudioPart", source, transcript } });
}

export function filePart(source: MediaSource, filename: string): Part {
  return partOf({ case: "file", value: { $typeName: "fairlead.chat.v1.FilePart", source, filename } });
}

export function toolCallPart(id: string, name: string, argumentsJson: string, signature: Bytes = NO_BYTES): Part {
  const value = { $typeName: "fairlead.chat.v1.ToolCallPart" as const, id, name, argumentsJson, signature };
  return partOf({ case: "toolCall", value });
}

export function toolResultPart(toolCallId: string, name: string, content: Part[], isError = false): Part {
  const value = { $typeName: "fairlead.chat.v1.ToolResultPart" as const, toolCallId, name, content, isError };
  return partOf({ case: "toolResult", value });
}

/** @param kept id that the provider gave to it and deployment that made it, as far as known */
export function reasoningPart(
  text: string,
  signature: Bytes,
  provider: string,
  redacted = false,
  kept: { readonly id?: string; readonly deployment?: string } = {},
): Part {
  const { id = "", deployment = "" } = kept;
  const value = { $typeName: "fairlead.chat.v1.ReasoningPart" as const, text, signature, redacted, provider, id, deployment };
  return partOf({ case: "reasoning", value });
}

export function refusalPart(text: string): Part {
  return partOf({ case: "refusal", value: { $typeName: "fairlead.chat.v1.RefusalPart", text } });
}

/** Bytes at hand. */
export function inlineSource(bytes: Bytes, mimeType: string): MediaSource {
  return sourceOf({ case: "inline", value: bytes }, mimeType);
}

/** Bytes behind an http or https address. */
export function urlSource(url: string): MediaSource {
  return sourceOf({ case: "url", value: url }, "");
}

/** Bytes that a provider keeps, which speaks the dialect. */
export function fileIdSource(fileId: string, dialect: string): MediaSource {
  return { ...sourceOf({ case: "fileId", value: fileId }, ""), dialect };
}

export function cacheMarker(ttlSeconds: number): CacheMarker {
  return { $typeName: "fairlead.chat.v1.CacheMarker", ttlSeconds };
}

function partOf(content: Part["content"]): Part {
  return { $typeName: "fairlead.chat.v1.Part", content, extraFields: [] };
}

function sourceOf(location: MediaSource["location"], mimeType: string): MediaSource {
  return { $typeName: "fairlead.chat.v1.MediaSource", location, mimeType, dialect: "" };
}
