import { extraFieldsOf, foreignPart } from "@fairlead/adapter-kit/foreign";
import { asObject, asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { mediaPart } from "@fairlead/adapter-kit/parts";
import type { MediaSource, Part, UnknownField } from "@fairlead/contracts/chat/v1/content";
import { GOOGLE_DIALECT } from "./dialect.ts";

/** A part of an answer, read. */
export type GooglePartReading =
  | { readonly kind: "text"; readonly text: string; readonly isThought: boolean; readonly signature: Uint8Array<ArrayBuffer> }
  | { readonly kind: "call"; readonly call: JsonObject; readonly signature: Uint8Array<ArrayBuffer> }
  /** A part that comes whole: media, or one that has no counterpart. */
  | { readonly kind: "whole"; readonly part: Part; readonly signature: Uint8Array<ArrayBuffer> };

/** Fields that say something about a part, beside what it holds. */
const ABOUT: ReadonlySet<string> = new Set(["thought", "thoughtSignature", "videoMetadata", "mediaResolution", "partMetadata"]);

/** Fields of parts that are known. */
const KNOWN: ReadonlySet<string> = new Set(["text", "thought", "thoughtSignature", "functionCall", "inlineData", "fileData"]);

/** Reads a part. Undefined where it cannot be carried. */
export function readGooglePart(part: JsonObject): GooglePartReading | undefined {
  const signature = stateToBytes(asText(part["thoughtSignature"]));
  if (isObject(part["functionCall"])) return { kind: "call", call: part["functionCall"], signature };
  const isThought = part["thought"] === true;
  const media = isThought ? undefined : readMedia(part);
  if (media !== undefined) return { kind: "whole", part: media, signature };
  if (typeof part["text"] === "string" || Object.keys(part).every((name) => ABOUT.has(name))) {
    return { kind: "text", text: asText(part["text"]), isThought, signature };
  }
  const foreign = foreignPart(GOOGLE_DIALECT, part);
  // A foreign part holds its own signature.
  return foreign && { kind: "whole", part: foreign, signature: stateToBytes("") };
}

/** Fields of a part that are not known. */
export function partExtras(part: JsonObject, prefix = ""): UnknownField[] {
  return extraFieldsOf(part, KNOWN, GOOGLE_DIALECT, prefix);
}

/** Media in an answer: bytes, or a place where Google keeps them. */
function readMedia(part: JsonObject): Part | undefined {
  const inline = asObject(part["inlineData"]);
  const data = asText(inline["data"]);
  if (data !== "") return mediaPart(new Uint8Array(Buffer.from(data, "base64")), asText(inline["mimeType"]) || "application/octet-stream");
  const file = asObject(part["fileData"]);
  const address = asText(file["fileUri"]);
  if (address === "") return undefined;
  const kept = mediaPart(new Uint8Array(0), asText(file["mimeType"]));
  const source = (kept.content.value as { source?: MediaSource }).source;
  if (source !== undefined) source.location = { case: "url", value: address };
  return kept;
}
