import { type AddressInfo, createServer, type Socket } from "node:net";

/** A server on a free port that accepts connections and says nothing: no TLS handshake with it ends. */
export interface SilentServer extends AsyncDisposable {
  readonly port: number;
  /** Connections there were so far. */
  readonly accepted: number;
  /** Resolves when a connection was made and none is open. */
  released(): Promise<void>;
}

/** Starts a silent server. */
export async function serveSilence(): Promise<SilentServer> {
  const open = new Set<Socket>();
  const seen = { connections: 0 };
  let told: () => void = () => undefined;
  const server = createServer((socket) => {
    seen.connections++;
    open.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => {
      open.delete(socket);
      told();
    });
    // Only who reads sees that the other side went away.
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return seen.connections;
    },
    async released() {
      while (seen.connections === 0 || open.size > 0) await new Promise<void>((resolve) => (told = resolve));
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
