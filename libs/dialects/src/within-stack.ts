import type { Parsed } from "./parsed.ts";

/** Turns a body that is nested too deeply for this process into a violation; every other error is a defect. */
export function withinStack<T>(convert: () => Parsed<T>): Parsed<T> {
  try {
    return convert();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { kind: "invalid", violations: [{ field: "", description: "The body is nested too deeply.", rule: "max" }] };
  }
}
