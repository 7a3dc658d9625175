/** A JSON object of which nothing is known yet. */
export type JsonObject = { readonly [key: string]: unknown };

const NOTHING: readonly unknown[] = [];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is an object, else undefined. */
export function objectOf(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** The value if it is an array, else an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NOTHING;
}

/** The value if it is a string, else undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The value if it is a finite number, else undefined. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The strings of a string or of an array of strings. */
export function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return listOf(value).filter((entry): entry is string => typeof entry === "string");
}
