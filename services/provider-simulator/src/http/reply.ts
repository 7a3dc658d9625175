import { AT_ONCE, type Timing } from "../models/answer-settings.ts";

/** An answer in one piece. */
export interface WholeReply {
  readonly kind: "whole";
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly timing: Timing;
  /** Headers beside the usual ones: name, value, name, value. */
  readonly headers: readonly string[];
}

/** An answer that comes piece by piece. */
export interface StreamReply {
  readonly kind: "stream";
  readonly contentType: string;
  /** Comes with the first piece. */
  readonly opening: string;
  /** The pieces with content, each one or more whole events. */
  readonly chunks: readonly string[];
  /** Comes with the last piece. */
  readonly closing: string;
  readonly timing: Timing;
  /** What the vendor sends when it fails in mid-stream; `written` is how many pieces came before. */
  readonly failure: (written: number) => string;
  /** An event with broken JSON. */
  readonly broken: string;
}

export type Reply = WholeReply | StreamReply;

const NO_HEADERS: readonly string[] = [];
export const JSON_TYPE = "application/json";
export const EVENT_STREAM = "text/event-stream; charset=utf-8";

/** A whole answer of JSON. */
export function jsonReply(value: unknown, timing: Timing = AT_ONCE, status = 200): WholeReply {
  return { kind: "whole", status, contentType: JSON_TYPE, body: JSON.stringify(value), timing, headers: NO_HEADERS };
}

/** The same answer with further headers. */
export function withHeaders(reply: WholeReply, headers: readonly string[]): WholeReply {
  return { ...reply, headers: [...reply.headers, ...headers] };
}
