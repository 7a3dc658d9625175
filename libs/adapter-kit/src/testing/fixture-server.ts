import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";

/** An answer to play. */
export interface Fixture {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Bytes sent at a time, each in a turn of its own. Unset: all at once. */
  readonly slice?: number;
  /** What happens after the body. Unset: it ends. */
  readonly ending?: "end" | "hang" | "reset";
}

/** A request that was received. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** Resolves when the connection that brought it is closed. */
  readonly closed: Promise<void>;
}

/** What is answered: the same to every request, or by what was asked. */
export type Score = Fixture | ((request: ReceivedRequest) => Fixture);

/** A server on a free port that plays fixtures. */
export interface FixtureServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: ReceivedRequest[];
  play(score: Score): void;
}

/** Starts a server that plays fixtures. */
export async function serveFixtures(first: Score = { body: "{}" }): Promise<FixtureServer> {
  let score = first;
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => void answer(request, response, requests, score));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    play: (next) => void (score = next),
    [Symbol.asyncDispose]: () => close(server),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, requests: ReceivedRequest[], score: Score): Promise<void> {
  const closed = closing(request.socket);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = "", url: path = "", headers } = request;
  const received = { method, path, headers, body: Buffer.concat(chunks).toString("utf8"), closed };
  requests.push(received);
  const fixture = typeof score === "function" ? score(received) : score;
  request.socket.setNoDelay(true);
  response.writeHead(fixture.status ?? 200, fixture.headers ?? { "content-type": "application/json" });
  const body = Buffer.from(fixture.body);
  const slice = fixture.slice ?? Math.max(1, body.length);
  for (let at = 0; at < body.length; at += slice) {
    response.write(body.subarray(at, at + slice));
    if (slice < body.length) await turn();
  }
  if (fixture.ending === "reset") {
    await turn();
    request.socket.resetAndDestroy();
  } else if (fixture.ending !== "hang") {
    response.end();
  }
}

const closings = new WeakMap<Socket, Promise<void>>();

function closing(socket: Socket): Promise<void> {
  let closed = closings.get(socket);
  if (closed === undefined) {
    closed = new Promise((resolve) => socket.once("close", () => resolve()));
    closings.set(socket, closed);
  }
  return closed;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
