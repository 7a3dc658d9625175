import { type AddressInfo, createServer, type Socket } from "node:net";

/** A server on a free port that answers every request by writing to its connection as it likes. */
export interface RawServer extends AsyncDisposable {
  readonly url: string;
  /** Requests that were received. */
  readonly received: number;
  /** Resolves when no connection is open. */
  released(): Promise<void>;
}

/**
 * Starts a raw server.
 *
 * @param answer writes the answer to one request; the connection stays open unless it ends it
 */
export async function serveRaw(answer: (socket: Socket) => void): Promise<RawServer> {
  const open = new Set<Socket>();
  const seen = { requests: 0 };
  let told: () => void = () => undefined;
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => {
      open.delete(socket);
      told();
    });
    onRequests(socket, () => {
      seen.requests++;
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get received() {
      return seen.requests;
    },
    async released() {
      while (open.size > 0) await new Promise<void>((resolve) => (told = resolve));
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Writes the same bytes again and again for as long as the other side takes them. */
export function pour(socket: Socket, bytes: string | Buffer): void {
  const more = () => {
    while (socket.writable && socket.write(bytes));
  };
  socket.on("drain", more);
  more();
}

/** Tells when a request with its body has arrived. */
function onRequests(socket: Socket, arrived: () => void): void {
  let text = "";
  socket.on("data", (bytes: Buffer) => {
    text += bytes.toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    const length = Number(/content-length: *(\d+)/i.exec(text.slice(0, Math.max(0, end)))?.[1] ?? 0);
    if (end < 0 || text.length < end + 4 + length) return;
    text = text.slice(end + 4 + length);
    arrived();
  });
}
