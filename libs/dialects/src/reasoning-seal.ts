import { fromOpaqueText, toOpaqueText } from "./opaque-text.ts";

/** State of a provider that belongs to a piece of reasoning, and whose it is. */
export interface ReasoningSeal {
  /** Provider that made it. Empty: unknown. */
  readonly provider: string;
  readonly signature: Uint8Array<ArrayBuffer>;
  /** Deployment without which it is worth nothing. Undefined: any of the provider's. */
  readonly deployment?: string;
  /** Id that the provider gave to the reasoning. Undefined: none. */
  readonly id?: string;
}

const MARK = "fairlead:";

/**
 * A seal as the one string that callers hand back unchanged.
 *
 * @param home       provider whose seals stay as they are, because callers of its dialect may know them
 * @param deployment without which it is worth nothing; empty: any of the provider's
 * @param id         that the provider gave to the reasoning; empty: none, or it is told beside the seal
 */
export function writeSeal(provider: string, signature: Uint8Array, home: string, deployment = "", id = ""): string {
  const text = toOpaqueText(signature);
  if (provider === "" || (provider === home && deployment === "" && id === "")) return text;
  const place = deployment === "" ? "" : `@${encodeURIComponent(deployment)}`;
  const name = id === "" ? "" : `#${encodeURIComponent(id)}`;
  return `${MARK}${provider}${place}${name}:${text}`;
}

/** Reads what writeSeal wrote, or a provider's own signature, which then counts as made at home. */
export function readSeal(text: string, home: string): ReasoningSeal {
  const end = text.startsWith(MARK) ? text.indexOf(":", MARK.length) : -1;
  if (end < 0) return { provider: home, signature: fromOpaqueText(text) };
  const [maker = "", id] = text.slice(MARK.length, end).split("#");
  const [provider = "", deployment] = maker.split("@");
  return {
    provider,
    signature: fromOpaqueText(text.slice(end + 1)),
    ...(deployment === undefined ? {} : { deployment: decoded(deployment) }),
    ...(id === undefined ? {} : { id: decoded(id) }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
