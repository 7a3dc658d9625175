import { decodeBase64, encodeBase64 } from "../base64.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** JSON in letters, digits, - and _ alone, so that it can be part of an id. */
export function writeOpaqueJson(value: unknown): string {
  const base64 = encodeBase64(encoder.encode(JSON.stringify(value)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** What writeOpaqueJson wrote; undefined for any other text. */
export function readOpaqueJson(text: string): unknown {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const bytes = decodeBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
