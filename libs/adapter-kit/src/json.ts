/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

const EMPTY: JsonObject = {};
const NONE: readonly unknown[] = [];
const MAX_COUNT = 1_000_000_000;

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

/** Parses JSON text that may be broken; undefined where it is. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}
