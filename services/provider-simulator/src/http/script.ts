import type { Timing } from "../models/answer-settings.ts";
import { enclose } from "./enclose.ts";
import type { Reply } from "./reply.ts";

export type Frame = string | Buffer;

/** What to do on a socket: the last form of a reply, after faults have had their way. */
export interface Script {
  readonly status: number;
  readonly contentType: string;
  readonly headers: readonly string[];
  /** Length to declare; undefined for a chunked body. */
  readonly contentLength: number | undefined;
  readonly frames: readonly Frame[];
  /** Milliseconds before the first frame. */
  readonly firstMs: number;
  /** Milliseconds from frame to frame. */
  readonly everyMs: number;
  /** Whether each frame has to be a write of its own even when they are due together. */
  readonly apart: boolean;
  /** `end` completes the answer, `destroy` closes the socket in the middle of it. */
  readonly ending: "end" | "destroy";
}

const NO_HEADERS: readonly string[] = [];

/** The script of a reply to which nothing happens. */
export function scriptOf(reply: Reply): Script {
  const { timing, contentType } = reply;
  if (reply.kind === "whole") {
    const { status, headers, body } = reply;
    const firstMs = timing.firstMs + timing.restMs;
    const contentLength = Buffer.byteLength(body);
    const frames = [body];
    return { status, contentType, headers, contentLength, frames, firstMs, everyMs: 0, apart: false, ending: "end" };
  }
  const frames = framesOf(reply.opening, reply.chunks, reply.closing, timing);
  const { firstMs } = timing;
  const everyMs = frames.length > 1 ? timing.restMs / (frames.length - 1) : 0;
  return {
    status: 200,
    contentType,
    headers: NO_HEADERS,
    contentLength: undefined,
    frames,
    firstMs,
    everyMs,
    apart: false,
    ending: "end",
  };
}

/** The writes of a stream: opening and closing go with the first and last piece, and all are one if they go at once. */
export function framesOf(opening: string, chunks: readonly string[], closing: string, timing: Timing): string[] {
  const atOnce = timing.firstMs === 0 && timing.restMs === 0;
  return atOnce ? [opening + chunks.join("") + closing] : enclose(opening, chunks, closing);
}
