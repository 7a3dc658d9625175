import type { IncomingHttpHeaders } from "node:http";
import { hashText } from "../answer/hash.ts";
import { textOf } from "../json.ts";

/** Eight letters and digits that tell one key from another without telling the key. */
export function keyMark(key: string): string {
  return hashText(key).toString(16).padStart(8, "0");
}

/** The mark of the key that a request brings, whatever the vendor's way to bring it. Empty: it brings none. */
export function markOf(headers: IncomingHttpHeaders, query: string): string {
  const bearer = /^Bearer +(\S+)/i.exec(headers.authorization ?? "")?.[1];
  const key = bearer ?? textOf(headers["x-api-key"]) ?? textOf(headers["x-goog-api-key"]) ?? textOf(headers["api-key"]) ?? queryKey(query);
  return key === "" ? "" : keyMark(key);
}

function queryKey(query: string): string {
  return query.includes("key=") ? (new URLSearchParams(query).get("key") ?? "") : "";
}
