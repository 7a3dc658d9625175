import { fromOpaqueText, toOpaqueText } from "./opaque-text.ts";

/** State of a provider that belongs to a piece of reasoning, and whose it is. */
export interface ReasoningSeal {
  /** Provider that made it. Empty: unknown. */
  readonly provider: string;
  readonly signature: Uint8Array<ArrayBuffer>;
}

const MARK = "fairlead:";

/**
 * A seal as the one string that callers hand back unchanged.
 *
 * @param home provider whose seals stay as they are, because callers of its dialect may know them
 */
export function writeSeal(provider: string, signature: Uint8Array, home: string): string {
  const text = toOpaqueText(signature);
  return provider === "" || provider === home ? text : `${MARK}${provider}:${text}`;
}

/** Reads what writeSeal wrote, or a provider's own signature, which then counts as made at home. */
export function readSeal(text: string, home: string): ReasoningSeal {
  if (!text.startsWith(MARK)) return { provider: home, signature: fromOpaqueText(text) };
  const end = text.indexOf(":", MARK.length);
  if (end < 0) return { provider: home, signature: fromOpaqueText(text) };
  return { provider: text.slice(MARK.length, end), signature: fromOpaqueText(text.slice(end + 1)) };
}
