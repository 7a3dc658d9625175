import { type Frame, framesOf, type Script, scriptOf } from "../http/script.ts";
import { JSON_TYPE, type Reply, type StreamReply, type WholeReply } from "../http/reply.ts";
import { Refusal, refusalOfStatus } from "../refusal.ts";
import type { Fault } from "./fault.ts";
import { tellWait } from "./tell-wait.ts";

type StatusFault = Extract<Fault, { kind: "status" }>;
type ShapingFault = Exclude<Fault, { kind: "status" | "hang" | "reset" }>;

/** What a stream error is to an answer that is no stream. */
const OVERLOADED = new Refusal("overloaded", "Overloaded");

/** Gives a refusal its vendor's shape. */
export type Refuse = (refusal: Refusal) => WholeReply;

/** The answer that a `status` fault puts in place of the real one. `now` is milliseconds since 1970. */
export function statusReply(fault: StatusFault, refuse: Refuse, provider: string, now: number): WholeReply {
  const reply = refusedReply(fault, refuse, provider, now);
  if (fault.body === undefined) return reply;
  const body = typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body);
  return { ...reply, body };
}

function refusedReply(fault: StatusFault, refuse: Refuse, provider: string, now: number): WholeReply {
  const { status, retryAfter, retryAfterForm } = fault;
  if (retryAfter === undefined || retryAfterForm === undefined) return refuse(refusalOfStatus(status, retryAfter));
  return tellWait({ form: retryAfterForm, seconds: retryAfter, provider, now }, refusalOfStatus(status), refuse);
}

/** What a fault makes of a reply that would have been right. */
export function spoil(reply: Reply, fault: ShapingFault, refuse: Refuse): Script {
  const script = scriptOf(reply);
  switch (fault.kind) {
    case "delay":
      return { ...script, firstMs: script.firstMs + fault.ms };
    case "cut":
      return cut(script, fault.afterBytes);
    case "drip":
      return drip(script, fault.bytesPerWrite, fault.everyMs);
    case "empty":
      return { ...script, frames: [], contentLength: script.contentLength === undefined ? undefined : 0 };
    case "malformed":
      return reply.kind === "stream" ? only(script, reply.opening + reply.broken) : malformedBody(script);
    case "stream_error":
      return reply.kind === "stream" ? failedStream(reply, fault.afterChunks) : scriptOf(refuse(OVERLOADED));
  }
}

function cut(script: Script, afterBytes: number): Script {
  const frames: Frame[] = [];
  let left = afterBytes;
  for (const frame of script.frames) {
    const bytes = Buffer.from(frame as string);
    if (bytes.length > left)
      return { ...script, frames: left > 0 ? [...frames, bytes.subarray(0, left)] : frames, ending: "destroy" };
    frames.push(frame);
    left -= bytes.length;
  }
  return script;
}

function drip(script: Script, bytesPerWrite: number, everyMs: number): Script {
  const bytes = Buffer.concat(script.frames.map((frame) => Buffer.from(frame as string)));
  const frames: Frame[] = [];
  for (let start = 0; start < bytes.length; start += bytesPerWrite) {
    frames.push(bytes.subarray(start, start + bytesPerWrite));
  }
  return { ...script, frames, everyMs, apart: true };
}

function only(script: Script, text: string): Script {
  return { ...script, frames: [text] };
}

function malformedBody(script: Script): Script {
  const body = '{"malformed": ';
  return { ...script, status: 200, contentType: JSON_TYPE, frames: [body], contentLength: body.length };
}

function failedStream(reply: StreamReply, afterChunks: number): Script {
  const chunks = reply.chunks.slice(0, afterChunks);
  const frames = framesOf(reply.opening, chunks, reply.failure(chunks.length), reply.timing);
  return { ...scriptOf(reply), frames };
}
