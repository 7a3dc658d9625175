/** A JSON object of which nothing is known. */
export type Loose = Readonly<Record<string, unknown>>;

/** The value as an object; an empty one where it is none. */
export function object(value: unknown): Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Loose) : {};
}

/** The value as a list; an empty one where it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects of a list. */
export function objects(value: unknown): readonly Loose[] {
  return list(value).map(object);
}

/** The value as text; an empty one where it is none. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The value as a number; 0 where it is none. */
export function count(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** Text as JSON; undefined where it is none. */
export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** JSON text with its keys in order, so that equal values have equal texts. */
export function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? "undefined"
  );
}

/** A value as a short text of one line. */
export function brief(value: unknown, most = 80): string {
  const full = typeof value === "string" ? value : stable(value);
  const flat = full.replaceAll(/\s+/g, " ");
  return flat.length <= most ? flat : `${flat.slice(0, most - 1)}…`;
}

/** An object without some of its fields. */
export function without(value: Loose, ...fields: readonly string[]): Loose {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !fields.includes(key)));
}
