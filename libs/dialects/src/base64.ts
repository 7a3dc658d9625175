import { base64Decode } from "@bufbuild/protobuf/wire";

/** A multiple of three, so that the pieces join without padding between them. */
const PIECE = 3 * 2730;

/** Bytes as base64 text. Several times as fast as what the protobuf runtime offers. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += PIECE) {
    const piece = bytes.subarray(start, start + PIECE);
    text += btoa(String.fromCharCode.apply(null, piece as unknown as number[]));
  }
  return text;
}

/** Bytes of base64 text; undefined when it is none. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return base64Decode(text);
  } catch {
    return undefined;
  }
}
