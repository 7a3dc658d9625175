/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

const EMPTY: JsonObject = {};
const NONE: readonly unknown[] = [];
const MAX_COUNT = 1_000_000_000;
/** Levels of JSON at most. */
const MAX_DEPTH = 512;

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object; empty where it is none. Providers' answers are read with these, so no shape can throw. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : EMPTY;
}

/** The value as a list; empty where it is none. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NONE;
}

/** The value as text; empty where it is none. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The value as a whole number from 0 to a billion: a provider's counts are not trusted further. */
export function asCount(value: unknown): number {
  if (typeof value !== "number" || !(value > 0)) return 0;
  return Math.min(Math.trunc(value), MAX_COUNT);
}

/** Parses JSON text that may be broken; undefined where it is, or nested so deep that walking it could overrun the stack. */
export function parseJson(text: string): unknown {
  if (text.length > MAX_DEPTH && isNestedDeeper(text, MAX_DEPTH)) return undefined;
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function isNestedDeeper(text: string, levels: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    // The brackets [ and { differ from ] and } by two, and from each other by one bit.
    else if ((code | 0x20) === 0x7b && ++depth > levels) return true;
    else if ((code | 0x20) === 0x7d) depth--;
  }
  return false;
}

/** Place of the quote that closes a string; the end of the text where none does. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}
