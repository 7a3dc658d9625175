import type { IncomingMessage } from "node:http";

/** Called once: with the whole body, or with undefined if it is longer than allowed. Not called if the client goes. */
export type BodyReader = (body: Buffer | undefined) => void;

/** Reads a request's body of at most `limit` bytes; what comes after the limit is thrown away. */
export function readBody(request: IncomingMessage, limit: number, done: BodyReader): void {
  if (Number(request.headers["content-length"] ?? 0) > limit) {
    done(undefined);
    return;
  }
  let chunks: Buffer[] | undefined = [];
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    if (chunks === undefined) return;
    length += chunk.length;
    chunks.push(chunk);
    if (length <= limit) return;
    chunks = undefined;
    done(undefined);
  });
  request.on("end", () => {
    if (chunks !== undefined) done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
  });
}
