import { fetchMedia } from "@fairlead/adapter-kit/fetch-media";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { invalidField } from "@fairlead/rpc/fairlead-error";

/** Pictures of one request that are fetched at most, and their bytes together. */
const MAX_ADDRESSES = 16;
const MAX_BYTES = 32 * 1024 * 1024;

/** Bytes of pictures by their address. */
export type LoadedImages = ReadonlyMap<string, Uint8Array>;

const NONE: LoadedImages = new Map();

/**
 * Fetches the pictures that a request names by address: Ollama takes bytes alone.
 *
 * @param hosts of one's own that pictures may be fetched from, beside the public ones
 * @throws FairleadError INVALID_REQUEST that names the field, for what cannot be fetched or is too much
 */
export async function loadImages(
  request: ChatRequest,
  signal: AbortSignal,
  hosts: readonly string[],
): Promise<LoadedImages> {
  const addresses = addressesOf(request);
  if (addresses.size === 0) return NONE;
  const loaded = new Map<string, Uint8Array>();
  let left = MAX_BYTES;
  for (const [url, field] of addresses) {
    if (loaded.size >= MAX_ADDRESSES)
      throw invalidField(field, `at most ${MAX_ADDRESSES} pictures are fetched for a request`);
    const { bytes } = await fetchMedia(url, { signal, maxBytes: left, field, hosts });
    left -= bytes.length;
    loaded.set(url, bytes);
  }
  return loaded;
}

/** Addresses of pictures and the fields in which they stand first. */
function addressesOf(request: ChatRequest): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  request.messages.forEach(({ parts }, message) => {
    parts.forEach(({ content }, part) => {
      const location = content.case === "image" ? content.value.source?.location : undefined;
      if (location?.case !== "url" || addresses.has(location.value)) return;
      addresses.set(location.value, `chat.messages[${message}].parts[${part}].image.source.url`);
    });
  });
  return addresses;
}
