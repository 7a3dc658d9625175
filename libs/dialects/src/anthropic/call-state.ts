import { fromOpaqueText, toOpaqueText } from "../opaque-text.ts";

/** State of a provider that belongs to a call, where OpenAI's dialects have it as well. Unset: there is none. */
export type CallState = {
  readonly extra_content?: { readonly google: { readonly thought_signature: string } };
};

const NONE: CallState = {};

/** The state of a call as callers hand it back. */
export function toCallState(signature: Uint8Array): CallState {
  return signature.length === 0 ? NONE : { extra_content: { google: { thought_signature: toOpaqueText(signature) } } };
}

/** The state that a caller hands back; undefined where there is none. */
export function fromCallState(text: string | null | undefined): Uint8Array<ArrayBuffer> | undefined {
  return typeof text === "string" ? fromOpaqueText(text) : undefined;
}
