import { randomUUID } from "node:crypto";

const MARK = "fairlead-key-";
const LENGTH = MARK.length + 36;

/** A request as it is about to be sent. */
export interface KeyedRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** A new text that stands for keys in requests. Nobody can guess it, so that no caller can have a key put where they say. */
export function newPlaceholder(): string {
  return `${MARK}${randomUUID()}`;
}

/** The placeholder that a request holds in a header or its query; undefined where there is none. */
export function placeholderIn({ url, headers }: KeyedRequest): string | undefined {
  for (const name in headers) {
    const found = within(headers[name] ?? "");
    if (found !== undefined) return found;
  }
  return within(url.search);
}

/** The request with a key wherever the placeholder stands. */
export function withKey<R extends KeyedRequest>(request: R, placeholder: string, key: string): R {
  const headers: Record<string, string> = {};
  for (const name in request.headers) headers[name] = (request.headers[name] ?? "").replaceAll(placeholder, () => key);
  if (!request.url.search.includes(placeholder)) return { ...request, headers };
  const url = new URL(request.url);
  url.search = url.search.replaceAll(placeholder, () => encodeURIComponent(key));
  return { ...request, headers, url };
}

function within(text: string): string | undefined {
  const at = text.indexOf(MARK);
  return at < 0 ? undefined : text.slice(at, at + LENGTH);
}
