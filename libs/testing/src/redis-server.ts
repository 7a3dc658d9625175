import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A Redis of a test's own. */
export interface RedisServer {
  /** For clients, for example redis://127.0.0.1:40123. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it and removes what it wrote. */
  stop(): Promise<void>;
}

/** How a test's Redis is started. */
export interface RedisServerSettings {
  /** Port to listen on, to come back where another one was. Unset: a free one. */
  readonly port?: number;
}

const READY_WITHIN_MS = 10_000;

/**
 * Starts `redis-server` from the PATH without persistence, on the loopback address.
 *
 * @throws Error when it does not answer PING within 10 s
 */
export async function startRedisServer(settings: RedisServerSettings = {}): Promise<RedisServer> {
  const port = settings.port ?? (await freePort());
  const directory = await mkdtemp(join(tmpdir(), "fairlead-redis-"));
  const server = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory],
    { stdio: "ignore" },
  );
  const failed = once(server, "error").then(([error]) => Promise.reject(error));
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null && server.pid !== undefined) {
      const gone = once(server, "exit");
      server.kill("SIGKILL");
      await gone;
    }
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await Promise.race([failed, answersPing(server, port)]);
  } catch (error) {
    await stop();
    throw error;
  }
  failed.catch(() => undefined);
  return { url: `redis://127.0.0.1:${port}`, process: server, stop };
}

async function answersPing(server: ChildProcess, port: number): Promise<void> {
  const giveUp = Date.now() + READY_WITHIN_MS;
  while (!(await ping(port))) {
    if (server.exitCode !== null) throw new Error(`redis-server ended with code ${server.exitCode}`);
    if (Date.now() > giveUp) throw new Error("redis-server did not answer PING in time");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** True when a Redis answers PONG on the port. */
function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.on("data", (data) => end(data.toString().startsWith("+PONG")));
    socket.on("error", () => end(false));
    socket.on("close", () => end(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
