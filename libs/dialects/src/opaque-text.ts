import { decodeBase64, encodeBase64 } from "./base64.ts";

// A colon is in no base64 alphabet, so no provider's own signature starts like this.
const BASE64_MARK = "b64:";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Opaque bytes of a provider as text for a JSON body: as they are where printable ASCII, else marked base64. */
export function toOpaqueText(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte > 0x20 && byte < 0x7f)) {
    const text = decoder.decode(bytes);
    if (!text.startsWith(BASE64_MARK)) return text;
  }
  return BASE64_MARK + encodeBase64(bytes);
}

/** The bytes that toOpaqueText wrote; any other text stands for its UTF-8 bytes. */
export function fromOpaqueText(text: string): Uint8Array<ArrayBuffer> {
  if (!text.startsWith(BASE64_MARK)) return encoder.encode(text);
  return decodeBase64(text.slice(BASE64_MARK.length)) ?? encoder.encode(text);
}
