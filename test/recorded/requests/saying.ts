import type { Loose } from "../json.ts";

/** The fields that say something: null, empty texts, lists and objects do not. */
export function saying(fields: Record<string, unknown>): Loose {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isNothing(value)));
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
