/** A field of the caller's request that cannot be taken as it is. */
export interface Violation {
  /** Path in the caller's own terms, for example `messages[0].role` or `x-fairlead-priority`. */
  readonly field: string;
  /** What is expected, in a sentence that holds no content of the request. */
  readonly description: string;
  /** Stable word: required, type, unsupported, unknown_field, min, max, format or encoding. */
  readonly rule: string;
}

/** What reading something that a caller sent came to. */
export type Parsed<T> =
  { readonly kind: "ok"; readonly value: T } | { readonly kind: "invalid"; readonly violations: Violation[] };

/** The value, unless something was found to be wrong with it. */
export function parsed<T>(value: T, violations: Violation[]): Parsed<T> {
  return violations.length === 0 ? { kind: "ok", value } : { kind: "invalid", violations };
}
