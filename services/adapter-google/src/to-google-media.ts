import { keptElsewhere } from "@fairlead/adapter-kit/kept-elsewhere";
import type { FetchedMedia } from "@fairlead/adapter-kit/fetch-media";
import { knownMediaType, toBase64 } from "@fairlead/adapter-kit/media-type";
import type { MediaSource } from "@fairlead/contracts/chat/v1/content";
import { GOOGLE_DIALECT } from "./dialect.ts";
import type { GooglePart, PartWriting } from "./to-google-part.ts";

/** Media that were fetched, by their addresses. */
export type RemoteMedia = ReadonlyMap<string, FetchedMedia>;

/** Places that Gemini reads by itself: its own files, Google's storage and YouTube. */
const READABLE = /^(gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/|https:\/\/(www\.|m\.)?youtube\.com\/|https:\/\/youtu\.be\/)/i;

/** Where files that are known by their names alone are kept. */
const FILES = "https://generativelanguage.googleapis.com/v1beta/";

/** Text by other names than those that Gemini takes. */
const TEXT_TYPES = /[/+](json|xml|yaml|x-yaml|x-ndjson|toml|sql)$/;

const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ["pdf", "application/pdf"],
  ["txt", "text/plain"],
  ["md", "text/markdown"],
  ["csv", "text/csv"],
  ["html", "text/html"],
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["webp", "image/webp"],
  ["heic", "image/heic"],
  ["mp3", "audio/mp3"],
  ["wav", "audio/wav"],
  ["flac", "audio/flac"],
  ["ogg", "audio/ogg"],
  ["mp4", "video/mp4"],
  ["mov", "video/quicktime"],
  ["webm", "video/webm"],
]);

/** Whether Gemini reads what is at an address by itself. */
export function isReadable(address: string): boolean {
  return READABLE.test(address);
}

/** Media as bytes, or as a file that Gemini reads by itself. What it cannot take is noted. */
export function toGoogleMedia(source: MediaSource | undefined, path: string, { log, media }: PartWriting): GooglePart[] {
  if (keptElsewhere(source, GOOGLE_DIALECT, path, log)) return [];
  const location = source?.location;
  const said = source?.mimeType.toLowerCase() ?? "";
  if (location?.case === "inline") return toInline(location.value, said, path, log);
  if (location?.case === "fileId") return [toFile(location.value.startsWith("files/") ? FILES + location.value : location.value, said)];
  if (location?.case !== "url") {
    log.dropped(path, "There are no bytes and no address.");
    return [];
  }
  if (isReadable(location.value)) return [toFile(location.value, said)];
  const fetched = media.get(location.value);
  if (fetched === undefined) {
    log.dropped(path, "Gemini reads no addresses but Google's own.");
    return [];
  }
  log.emulated(path, "Gemini reads no addresses but Google's own; what is there was fetched.");
  return toInline(fetched.bytes, fetched.mimeType || said, path, log);
}

/** The bytes tell the media type, else what is said of them; bytes that are text need neither. */
function toInline(bytes: Uint8Array, said: string, path: string, log: PartWriting["log"]): GooglePart[] {
  const known = knownMediaType(bytes) ?? (said === "application/octet-stream" ? "" : said);
  const mimeType = TEXT_TYPES.test(known) || (known === "" && isText(bytes)) ? "text/plain" : known;
  if (mimeType !== "") return [{ inlineData: { mimeType, data: toBase64(bytes) } }];
  log.dropped(path, "Gemini wants a media type, and the bytes do not tell it.");
  return [];
}

function toFile(fileUri: string, said: string): GooglePart {
  const extension = /\.([a-z0-9]{2,4})$/i.exec(fileUri)?.[1]?.toLowerCase() ?? "";
  const mimeType = said || EXTENSIONS.get(extension);
  return { fileData: { ...(mimeType === undefined ? {} : { mimeType }), fileUri } };
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
