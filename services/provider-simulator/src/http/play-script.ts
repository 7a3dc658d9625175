import type { ServerResponse } from "node:http";
import type { Frame, Script } from "./script.ts";

/** Told what goes out. */
export interface Witness {
  /** The bytes of a write of the body. */
  wrote(bytes: number): void;
  /** The socket is about to be destroyed by the script. */
  cut(): void;
}

/** Plays a script on a response, without a timer if it asks for none; stops when the socket closes. */
export function playScript(
  response: ServerResponse,
  script: Script,
  headers: readonly string[],
  witness: Witness,
): void {
  if (script.firstMs > 0) later(response, script.firstMs, () => begin(response, script, headers, witness));
  else begin(response, script, headers, witness);
}

function begin(response: ServerResponse, script: Script, headers: readonly string[], witness: Witness): void {
  response.writeHead(script.status, headerList(script, headers));
  const [first] = script.frames;
  if (script.frames.length === 1 && script.ending === "end" && first !== undefined) {
    witness.wrote(Buffer.byteLength(first));
    response.end(first);
    return;
  }
  response.flushHeaders();
  writeFrames(response, script, witness);
}

function headerList(script: Script, headers: readonly string[]): string[] {
  const list = ["content-type", script.contentType, ...script.headers, ...without(headers, script.headers)];
  if (script.contentLength !== undefined) list.push("content-length", String(script.contentLength));
  return list;
}

/** The usual headers but those that the script gives itself. */
function without(headers: readonly string[], given: readonly string[]): readonly string[] {
  if (given.length === 0) return headers;
  return headers.filter((_, index) => !given.includes(headers[index - (index % 2)] as string));
}

/** Writes what is due, waits for a full socket to drain, and sleeps until the next frame. */
function writeFrames(response: ServerResponse, script: Script, witness: Witness): void {
  const { frames, everyMs } = script;
  const startedAt = performance.now();
  let next = 0;
  const step = (): void => {
    const due = dueFrames(script, next, performance.now() - startedAt);
    while (next < due) {
      const frame = frames[next++] as Frame;
      witness.wrote(Buffer.byteLength(frame));
      if (!response.write(frame) && next < frames.length) return void response.once("drain", step);
    }
    if (next >= frames.length) return finish(response, script.ending, witness);
    later(response, script.apart ? everyMs : startedAt + next * everyMs - performance.now(), step);
  };
  step();
}

function dueFrames(script: Script, next: number, elapsedMs: number): number {
  if (script.apart) return Math.min(next + 1, script.frames.length);
  if (script.everyMs === 0) return script.frames.length;
  return Math.min(script.frames.length, Math.max(next, Math.floor(elapsedMs / script.everyMs) + 1));
}

function finish(response: ServerResponse, ending: Script["ending"], witness: Witness): void {
  if (ending === "end") {
    response.end();
    return;
  }
  const { socket } = response;
  // An empty write calls back once the kernel has all bytes before it, so that none is lost with the socket.
  socket?.write("", () => {
    witness.cut();
    socket.destroy();
  });
}

function later(response: ServerResponse, ms: number, action: () => void): void {
  if (response.closed) return;
  const forget = (): void => {
    clearTimeout(timer);
  };
  const timer = setTimeout(
    () => {
      response.off("close", forget);
      action();
    },
    Math.max(0, ms),
  );
  response.once("close", forget);
}
