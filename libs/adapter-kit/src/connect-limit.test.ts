import { createServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { buildConnector, type Dispatcher } from "undici";
import { callProvider, readJson } from "./call-provider.ts";
import { connectLimitOf } from "./connect-limit.ts";
import { createLeanFetch } from "./lean-fetch.ts";
import { ProviderClient } from "./provider-client.ts";
import { createProviderPool } from "./provider-pool.ts";
import { serveSilence } from "./testing/silent-server.ts";

/** Bounds of the pool that no test waits for. */
const LONG_MS = 60_000;

interface Asked {
  readonly connectMs?: number;
  readonly signal?: AbortSignal;
  readonly body?: string;
}

async function withPool<T>(connections: number, work: (pool: Dispatcher) => Promise<T>): Promise<T> {
  const pool = createProviderPool({ connections, connectTimeoutMs: LONG_MS });
  try {
    return await work(pool);
  } finally {
    await pool.destroy();
  }
}

async function ask(dispatcher: Dispatcher, url: string, { connectMs = 0, signal = new AbortController().signal, body = "{}" }: Asked): Promise<unknown> {
  const call = { signal, trace: ROOT_CONTEXT, strict: false, deployment: "", connectMs, now: Date.now };
  const fetch = createLeanFetch({ dispatcher });
  return readJson(await callProvider(call, () => fetch(url, { method: "POST", body })), call);
}

const timeout = (limitMs: number) => ({
  code: ErrorCode.TIMEOUT,
  message: `Connecting to the provider did not finish in ${limitMs} ms.`,
  detail: { retryable: true },
});

async function listen<S extends Server>(server: S): Promise<S & { readonly port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return Object.assign(server, { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close });
}

/** A server that answers each request after a while with the number of its connection. */
function serveSlowly(afterMs: number) {
  const connections: Socket[] = [];
  const server = createServer((request, response) => {
    if (!connections.includes(request.socket)) connections.push(request.socket);
    request.resume().once("end", () => setTimeout(() => response.end(JSON.stringify(connections.indexOf(request.socket))), afterMs));
  });
  return listen(server);
}

describe("the limit for connecting", () => {
  it.each([
    ["1", 1],
    ["2500", 2_500],
    ["3600000", 3_600_000],
    ["3600001", 0],
    ["99999999999", 0],
    ["0", 0],
    ["-5", 0],
    ["1.5", 0],
    ["1e3", 0],
    ["0x10", 0],
    [" 7", 0],
    ["soon", 0],
    ["", 0],
  ])("is read from the header's value %j as %d", (value, expected) => {
    expect(connectLimitOf(new Map([["x-fairlead-connect-ms", value]]))).toBe(expected);
  });

  it("is not there without the header", () => {
    expect(connectLimitOf(new Map())).toBe(0);
  });

  it("ends a call with TIMEOUT whose TLS handshake is not answered, and closes its connection", () =>
    withPool(4, async (pool) => {
      await using silent = await serveSilence();
      const started = performance.now();
      await expect(ask(pool, `https://127.0.0.1:${silent.port}/`, { connectMs: 60 })).rejects.toMatchObject(timeout(60));
      await silent.released();
      const took = performance.now() - started;
      expect(took).toBeGreaterThan(55);
      expect(took).toBeLessThan(1_000);
      expect(silent.accepted).toBe(1);
    }));

  it("gives each call its own, though they share a pool", () =>
    withPool(4, async (pool) => {
      await using silent = await serveSilence();
      const url = `https://127.0.0.1:${silent.port}/`;
      const order: number[] = [];
      const calls = [150, 50, 100].map((connectMs) =>
        ask(pool, url, { connectMs }).catch((error: unknown) => {
          order.push(connectMs);
          expect(error).toMatchObject(timeout(connectMs));
        }),
      );
      await Promise.all(calls);
      await silent.released();
      expect(order).toEqual([50, 100, 150]);
    }));

  it("closes a connection that is being made within 200 ms when the call is aborted, with and without a limit", () =>
    withPool(4, async (pool) => {
      for (const connectMs of [0, LONG_MS]) {
        await using silent = await serveSilence();
        const controller = new AbortController();
        const settled = ask(pool, `https://127.0.0.1:${silent.port}/`, { connectMs, signal: controller.signal }).catch((error: unknown) => error);
        while (silent.accepted === 0) await new Promise(setImmediate);
        const abortedAt = performance.now();
        controller.abort();
        expect(await settled).toMatchObject({ code: ErrorCode.CANCELLED });
        await silent.released();
        expect(performance.now() - abortedAt).toBeLessThan(200);
      }
    }));

  it("does not limit the wait for the answer, over a new connection or one that is used again", () =>
    withPool(1, async (pool) => {
      await using server = await serveSlowly(120);
      const url = `http://127.0.0.1:${server.port}/`;
      expect(await ask(pool, url, { connectMs: 40 })).toBe(0);
      expect(await ask(pool, url, { connectMs: 40 })).toBe(0);
    }));

  it("does not limit the wait for the answer over TLS", async () => {
    const key = Buffer.from("00112233445566778899aabbccddeeff", "hex");
    const secrets = { ciphers: "PSK-AES128-GCM-SHA256", maxVersion: "TLSv1.2" as const };
    const answer = "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n7";
    const tls = createTlsServer({ ...secrets, pskCallback: () => key, pskIdentityHint: null as never }, (socket) => {
      socket.on("error", () => undefined).on("data", () => setTimeout(() => socket.write(answer), 120));
    });
    await using server = await listen(tls);
    const connect = buildConnector({ ...secrets, allowH2: false, pskCallback: () => ({ psk: key, identity: "a" }), checkServerIdentity: () => undefined });
    const client = new ProviderClient(new URL(`https://127.0.0.1:${server.port}`), { connect });
    expect(await ask(client, `https://127.0.0.1:${server.port}/`, { connectMs: 60 })).toBe(7);
    expect(await ask(client, `https://127.0.0.1:${server.port}/`, { connectMs: 60 })).toBe(7);
    await client.destroy();
  });

  it("counts the sending of the request", () =>
    withPool(4, async (pool) => {
      await using deaf = await listen(createTcpServer({ pauseOnConnect: true }));
      const asked = ask(pool, `http://127.0.0.1:${deaf.port}/`, { connectMs: 100, body: "x".repeat(32 * 1024 * 1024) });
      await expect(asked).rejects.toMatchObject(timeout(100));
    }));

  it("counts the wait for a free connection, and sends nothing for a call that was given up meanwhile", () =>
    withPool(1, async (pool) => {
      await using server = await serveSlowly(120);
      const url = `http://127.0.0.1:${server.port}`;
      const paths: (string | undefined)[] = [];
      server.on("request", (request: { url?: string }) => paths.push(request.url));
      const controller = new AbortController();
      const first = ask(pool, `${url}/first`, {});
      const limited = ask(pool, `${url}/limited`, { connectMs: 30 }).catch((error: unknown) => error);
      const aborted = ask(pool, `${url}/aborted`, { signal: controller.signal }).catch((error: unknown) => error);
      const last = ask(pool, `${url}/last`, {});
      controller.abort();
      expect(await aborted).toMatchObject({ code: ErrorCode.CANCELLED });
      expect(await limited).toMatchObject(timeout(30));
      expect([await first, await last]).toEqual([0, 0]);
      expect(paths).toEqual(["/first", "/last"]);
    }));

  it("leaves the place in the pool to the next call when a connection was not made", () =>
    withPool(1, async (pool) => {
      await using silent = await serveSilence();
      const url = `https://127.0.0.1:${silent.port}/`;
      const controller = new AbortController();
      const first = ask(pool, url, { connectMs: 50 });
      const second = ask(pool, url, { signal: controller.signal }).catch((error: unknown) => error);
      await expect(first).rejects.toMatchObject(timeout(50));
      while (silent.accepted < 2) await new Promise(setImmediate);
      controller.abort();
      expect(await second).toMatchObject({ code: ErrorCode.CANCELLED });
      await silent.released();
    }));
});
