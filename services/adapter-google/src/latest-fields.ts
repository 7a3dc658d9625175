import type { JsonObject } from "@fairlead/adapter-kit/json";

/** Names that are remembered at most. */
const MAX_NAMES = 64;

const NONE: ReadonlySet<string> = new Set();

/**
 * Fields with newer ones set over them: the events of a stream tell them so far, and one that is missing has not changed.
 *
 * @param except names that are left out
 */
export function latestFields(known: JsonObject, newer: JsonObject, except = NONE): JsonObject {
  let latest: Record<string, unknown> | undefined;
  for (const name in newer) {
    const value = newer[name];
    if (except.has(name) || value === null || name === "__proto__") continue;
    latest ??= { ...known };
    if (name in latest || Object.keys(latest).length < MAX_NAMES) latest[name] = value;
  }
  return latest ?? known;
}
