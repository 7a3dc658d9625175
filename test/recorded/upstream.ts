import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { RecordedResponse } from "./recording.ts";

/** A request that a provider's place was sent. */
export interface SentRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Stands in a provider's place: plays one recorded answer to every request. */
export interface Upstream extends AsyncDisposable {
  readonly url: string;
  /** Requests since the last `play`. */
  readonly received: readonly SentRequest[];
  /** What is answered from now on; each slice is a chunk of its own, which clients get as one. */
  play(response: RecordedResponse, slices: readonly Uint8Array[]): void;
}

/** Headers that belong to the connection or to the form in which the body was sent. */
const OF_THE_CONNECTION = new Set([
  "transfer-encoding",
  "content-length",
  "content-encoding",
  "connection",
  "keep-alive",
  "date",
]);

/** Bytes of chunks that are written at a time. */
const WRITE_BYTES = 64 * 1024;

/** Starts a provider's place on a free port. */
export async function startUpstream(): Promise<Upstream> {
  const received: SentRequest[] = [];
  let playing: Buffer[] = [];
  const server = createServer((request, response) => void serve(request, response, received, () => playing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    play(response, slices) {
      received.length = 0;
      playing = toWrites(response, slices);
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  received: SentRequest[],
  playing: () => readonly Buffer[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.method !== "POST") {
    // Probes and lists of models are no part of a recording.
    response.writeHead(200, { "content-type": "application/json" }).end('{"data":[],"models":[]}');
    return;
  }
  received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
  await send(request.socket, playing());
}

/** Writes the answer past Node's own writer, which joins small chunks. The connection ends with it. */
async function send(socket: Socket, writes: readonly Buffer[]): Promise<void> {
  for (const bytes of writes) {
    if (socket.destroyed) return;
    if (!socket.write(bytes))
      await new Promise<void>((resolve) => {
        socket.once("drain", resolve);
        socket.once("close", resolve);
      });
  }
  socket.end();
}

function toWrites({ status, headers }: RecordedResponse, slices: readonly Uint8Array[]): Buffer[] {
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()));
  const lines = [...kept, ["transfer-encoding", "chunked"], ["connection", "close"]].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const writes: Buffer[] = [Buffer.from(`HTTP/1.1 ${status} Recorded\r\n${lines.join("")}\r\n`)];
  let waiting: Uint8Array[] = [];
  let size = 0;
  const flush = () => {
    writes.push(Buffer.concat(waiting));
    waiting = [];
    size = 0;
  };
  for (const bytes of slices) {
    waiting.push(Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, LINE_END);
    size += bytes.length + 5;
    if (size >= WRITE_BYTES) flush();
  }
  waiting.push(Buffer.from("0\r\n\r\n"));
  flush();
  return writes;
}

const LINE_END = Buffer.from("\r\n");

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
