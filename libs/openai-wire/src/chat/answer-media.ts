import { asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { extraFieldsOf } from "@fairlead/adapter-kit/foreign";
import { mediaType } from "@fairlead/adapter-kit/media-type";
import { mediaPart } from "@fairlead/adapter-kit/parts";
import { ImageDetail, type Part } from "@fairlead/contracts/chat/v1/content";
import { CHAT_DIALECT } from "../dialects.ts";

const KNOWN_SOUND: ReadonlySet<string> = new Set(["data", "transcript"]);
const DATA_URL = /^data:([^;,]*);base64,/;

/** Pictures that a model made, as servers list them beside the content. */
export function imageParts(images: unknown): Part[] {
  return asList(images).flatMap((image) => imagePart(asText(asObject(asObject(image)["image_url"])["url"])) ?? []);
}

function imagePart(url: string): Part | undefined {
  const head = DATA_URL.exec(url);
  if (head !== null) {
    const bytes = new Uint8Array(Buffer.from(url.slice(head[0].length), "base64"));
    return mediaPart(bytes, mediaType(bytes, head[1] ?? ""));
  }
  if (!/^https?:\/\//.test(url)) return undefined;
  const source = {
    $typeName: "fairlead.chat.v1.MediaSource" as const,
    location: { case: "url" as const, value: url },
    mimeType: "",
    dialect: "",
  };
  const value = { $typeName: "fairlead.chat.v1.ImagePart" as const, source, detail: ImageDetail.UNSPECIFIED };
  return { $typeName: "fairlead.chat.v1.Part", content: { case: "image", value }, extraFields: [] };
}

/** What a model said, with the id by which the server keeps it. Undefined where there is no sound. */
export function soundPart(audio: JsonObject): Part | undefined {
  const data = asText(audio["data"]);
  return data === ""
    ? undefined
    : soundOf(new Uint8Array(Buffer.from(data, "base64")), asText(audio["transcript"]), audio);
}

/** The same of bytes that came in pieces. Sound without a head of its own is raw samples. */
export function soundOf(bytes: Uint8Array<ArrayBuffer>, transcript: string, audio: JsonObject): Part {
  const part = mediaPart(bytes, mediaType(bytes, "audio/pcm"));
  if (part.content.case === "audio") part.content.value.transcript = transcript;
  part.extraFields = extraFieldsOf(audio, KNOWN_SOUND, CHAT_DIALECT);
  return part;
}
