/** The first bytes of formats that providers take. */
const SIGNATURES: readonly (readonly [offset: number, bytes: readonly number[], mimeType: string])[] = [
  [0, [0x89, 0x50, 0x4e, 0x47], "image/png"],
  [0, [0xff, 0xd8, 0xff], "image/jpeg"],
  [0, [0x47, 0x49, 0x46, 0x38], "image/gif"],
  [8, [0x57, 0x45, 0x42, 0x50], "image/webp"],
  [0, [0x25, 0x50, 0x44, 0x46], "application/pdf"],
  [8, [0x57, 0x41, 0x56, 0x45], "audio/wav"],
  [0, [0x49, 0x44, 0x33], "audio/mp3"],
  [0, [0xff, 0xfa], "audio/mp3"],
  [0, [0xff, 0xfb], "audio/mp3"],
  [0, [0xff, 0xf2], "audio/mp3"],
  [0, [0xff, 0xf3], "audio/mp3"],
  [0, [0x66, 0x4c, 0x61, 0x43], "audio/flac"],
  [0, [0x4f, 0x67, 0x67, 0x53], "audio/ogg"],
  [4, [0x66, 0x74, 0x79, 0x70, 0x68, 0x65, 0x69, 0x63], "image/heic"],
];

/** Media type of bytes: what they begin with, else what the caller said; empty where neither is known. */
export function mediaType(bytes: Uint8Array, said: string): string {
  return knownMediaType(bytes) ?? said.toLowerCase();
}

/** Media type that bytes begin like; undefined where they are of no known one. */
export function knownMediaType(bytes: Uint8Array): string | undefined {
  return SIGNATURES.find(([offset, signature]) => signature.every((byte, index) => bytes[offset + index] === byte))?.[2];
}

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** Bytes as a data URL. */
export function toDataUrl(bytes: Uint8Array, mimeType: string): string {
  return `data:${mimeType};base64,${toBase64(bytes)}`;
}
