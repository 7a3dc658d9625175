import { subscribe } from "node:diagnostics_channel";
import type { ClientHttp2Stream, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";

/** How peers that vanished without a word are found. */
export interface KeepAliveSettings {
  /** Milliseconds between two pings of a connection. */
  readonly everyMs: number;
  /** Milliseconds in which a ping must be answered. */
  readonly answerMs: number;
}

const KEEP_ALIVE: KeepAliveSettings = { everyMs: 20_000, answerMs: 10_000 };

/** How clients of the mesh name themselves; other gRPC clients of the process ping as they were told. */
export const USER_AGENT = "fairlead";

interface CreatedStream {
  readonly stream: ClientHttp2Stream | ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

let keeping = false;

/**
 * Keeps all connections of the mesh's clients and gRPC servers in this process alive, from their first call on.
 *
 * The pings of grpc-js (1.14) are off for it: a connection that its peer asked to leave, as each is at a bound age, can send
 * no more pings in Node, and grpc-js takes that for a dead peer and cuts the calls that are still under way on it.
 */
export function keepConnectionsAlive(): void {
  if (keeping) return;
  keeping = true;
  const kept = new WeakSet<Http2Session>();
  const keep = ({ session }: CreatedStream["stream"]) => {
    if (session === undefined || kept.has(session)) return;
    kept.add(session);
    keepAlive(session, KEEP_ALIVE);
  };
  subscribe("http2.client.stream.created", (message) => {
    const { stream } = message as CreatedStream;
    if (stream.sentHeaders?.["user-agent"]?.startsWith(USER_AGENT) === true) keep(stream);
  });
  subscribe("http2.server.stream.created", (message) => {
    const { stream, headers } = message as CreatedStream;
    if (headers["content-type"]?.startsWith("application/grpc") === true) keep(stream);
  });
}

/** Pings the peer of a connection, and cuts it where it does not answer. One that is being left is not pinged. */
export function keepAlive(session: Http2Session, { everyMs, answerMs }: KeepAliveSettings): void {
  const timer = setInterval(() => {
    if (session.closed || session.destroyed) return clearInterval(timer);
    const late = setTimeout(() => {
      if (!session.closed) session.destroy();
    }, answerMs).unref();
    session.ping(() => clearTimeout(late));
  }, everyMs).unref();
  session.once("close", () => clearInterval(timer));
}
