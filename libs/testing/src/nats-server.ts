import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A NATS with JetStream of a test's own. */
export interface NatsServer {
  /** For clients, for example nats://127.0.0.1:40123. */
  readonly url: string;
  readonly port: number;
  /** Where its streams are kept. */
  readonly storeDir: string;
  readonly process: ChildProcess;
  /** Ends it at once, as a crash would; what it stored stays for one that is started on the same directory. */
  kill(): Promise<void>;
  /** Ends it, and removes its store if it made the directory itself. */
  stop(): Promise<void>;
}

/** How a test's NATS is started. */
export interface NatsServerSettings {
  /** Port to listen on, to come back where another one was. Unset: a free one. */
  readonly port?: number;
  /** Directory of the streams, to come back with what another one stored. Unset: a new one. */
  readonly storeDir?: string;
  /** Further arguments, for example of logins. */
  readonly args?: readonly string[];
}

const READY_WITHIN_MS = 10_000;

/**
 * Starts `nats-server` from the PATH or /usr/sbin with JetStream, on the loopback address.
 *
 * @throws Error when it does not greet a client within 10 s
 */
export async function startNatsServer(settings: NatsServerSettings = {}): Promise<NatsServer> {
  const port = settings.port ?? (await freePort());
  const storeDir = settings.storeDir ?? (await mkdtemp(join(tmpdir(), "fairlead-nats-")));
  const server = spawn("nats-server", ["--addr", "127.0.0.1", "--port", String(port), "--jetstream", "--store_dir", storeDir, ...(settings.args ?? [])], {
    stdio: "ignore",
    env: { ...process.env, PATH: [process.env["PATH"], "/usr/sbin", "/usr/local/bin"].join(delimiter) },
  });
  const failed = once(server, "error").then(([error]) => Promise.reject(error));
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return;
    const gone = once(server, "exit");
    server.kill("SIGKILL");
    await gone;
  };
  const stop = async () => {
    await kill();
    if (settings.storeDir === undefined) await rm(storeDir, { recursive: true, force: true });
  };
  try {
    await Promise.race([failed, greets(server, port)]);
  } catch (error) {
    await stop();
    throw error;
  }
  failed.catch(() => undefined);
  return { url: `nats://127.0.0.1:${port}`, port, storeDir, process: server, kill, stop };
}

async function greets(server: ChildProcess, port: number): Promise<void> {
  const giveUp = Date.now() + READY_WITHIN_MS;
  while (!(await greeting(port))) {
    if (server.exitCode !== null) throw new Error(`nats-server ended with code ${server.exitCode}`);
    if (Date.now() > giveUp) throw new Error("nats-server did not greet a client in time");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** True when a NATS with JetStream answers a connection on the port. */
function greeting(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let info = "";
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.on("data", (data) => {
      info += data.toString();
      if (info.includes("\r\n")) end(info.startsWith("INFO ") && info.includes('"jetstream":true'));
    });
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
