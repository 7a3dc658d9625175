const NONE: Uint8Array<ArrayBuffer> = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A provider's opaque text, such as a signature, as the bytes that the contract carries: its UTF-8, unchanged. */
export function stateToBytes(text: string): Uint8Array<ArrayBuffer> {
  return text === "" ? NONE : encoder.encode(text);
}

/** The opaque text again. */
export function bytesToState(bytes: Uint8Array): string {
  return bytes.length === 0 ? "" : decoder.decode(bytes);
}
