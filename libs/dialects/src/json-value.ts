/** A level of JSON takes up to three of a message, and no message is read that has more than 100. */
export const MAX_DEPTH = 30;

/** Whether a value is nested deeper than it can be carried. */
export function isTooDeep(value: unknown, levels = MAX_DEPTH): boolean {
  if (value === null || typeof value !== "object") return false;
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}

/** Null and empty lists say nothing. */
export function saysSomething(value: unknown): boolean {
  return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/** Whether a text is a complete JSON object. */
export function isCompleteObject(json: string): boolean {
  if (!json.trimEnd().endsWith("}")) return false;
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
