import { decodeBase64 } from "./base64.ts";

const HEAD = /^data:([^;,]{0,255})((?:;[^;,]{0,255}){0,8}),/i;

/** What a data: URL holds. */
export interface DataUrl {
  /** Empty: not given. */
  readonly mimeType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads a data: URL; undefined when it is malformed. */
export function readDataUrl(url: string): DataUrl | undefined {
  const head = HEAD.exec(url);
  if (head === null) return undefined;
  const [prefix, mimeType = "", parameters = ""] = head;
  const payload = url.slice(prefix.length);
  const bytes = parameters.toLowerCase().endsWith(";base64") ? decodeBase64(payload) : percentDecode(payload);
  return bytes === undefined || bytes.length === 0 ? undefined : { mimeType: mimeType.toLowerCase(), bytes };
}

function percentDecode(payload: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new TextEncoder().encode(decodeURIComponent(payload));
  } catch {
    return undefined;
  }
}
