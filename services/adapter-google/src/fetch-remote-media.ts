import { type FetchedMedia, fetchMedia } from "@fairlead/adapter-kit/fetch-media";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { isReadable, type RemoteMedia } from "./to-google-media.ts";

/** Addresses in one request at most, and those that are fetched at the same time. */
const MOST_ADDRESSES = 32;
const AT_ONCE = 4;

/** Bytes of all media together at most: Gemini takes no larger requests. */
const MAX_BYTES = 20 * 1024 * 1024;

const NONE: RemoteMedia = new Map();

/** How media are fetched. */
export interface RemoteSettings {
  /** Of the call. */
  readonly signal: AbortSignal;
  /** Hosts of one's own that may have private addresses. */
  readonly hosts: readonly string[];
}

/**
 * Fetches the media that a request names by addresses which Gemini does not read by itself.
 *
 * @throws FairleadError INVALID_REQUEST that names the field; what the call was aborted with
 */
export async function fetchRemoteMedia(request: ChatRequest, { signal, hosts }: RemoteSettings): Promise<RemoteMedia> {
  const addresses = [...remoteAddresses(request)];
  if (addresses.length === 0) return NONE;
  if (addresses.length > MOST_ADDRESSES) throw invalidField("chat.messages", `at most ${MOST_ADDRESSES} addresses of media are fetched`);
  const failed = new AbortController();
  const bound = { signal: AbortSignal.any([signal, failed.signal]), hosts };
  try {
    return await fetchAll(addresses, bound);
  } finally {
    // Where one could not be fetched, the others are not waited for.
    failed.abort();
  }
}

async function fetchAll(addresses: readonly (readonly [url: string, field: string])[], settings: RemoteSettings): Promise<RemoteMedia> {
  const fetched = new Map<string, FetchedMedia>();
  let left = MAX_BYTES;
  for (let at = 0; at < addresses.length; at += AT_ONCE) {
    const group = addresses.slice(at, at + AT_ONCE);
    const media = await Promise.all(group.map(([url, field]) => fetchMedia(url, { ...settings, field, maxBytes: left })));
    media.forEach((one, index) => fetched.set(group[index]?.[0] ?? "", one));
    left -= media.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (left <= 0) throw invalidField("chat.messages", `media that are fetched may have ${MAX_BYTES} bytes together`);
  }
  return fetched;
}

/** Addresses, each with the first field that names it. */
function remoteAddresses(request: ChatRequest): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (parts: readonly Part[], path: string) =>
    parts.forEach(({ content }, index) => {
      const at = `${path}[${index}]`;
      if (content.case === "toolResult") return visit(content.value.content, `${at}.tool_result.content`);
      if (content.case !== "image" && content.case !== "audio" && content.case !== "file") return;
      const location = content.value.source?.location;
      if (location?.case !== "url" || isReadable(location.value) || found.has(location.value)) return;
      found.set(location.value, `${at}.${content.case}.source.url`);
    });
  request.messages.forEach(({ role, parts }, index) => {
    if (role !== Role.SYSTEM && role !== Role.DEVELOPER) visit(parts, `chat.messages[${index}].parts`);
  });
  return found;
}
