import { once } from "node:events";
import { type AddressInfo, connect as connectTcp, createServer } from "node:net";
import { create } from "@bufbuild/protobuf";
import { AcquireQuotaResponseSchema, BalancingService, ListTargetsResponseSchema, ReturnQuotaResponseSchema, WatchTargetsResponseSchema } from "@fairlead/contracts/balancing/v1/balancing_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { Client as HealthChannel, credentials, Metadata } from "@grpc/grpc-js";
import { type Handlers, implement } from "./call.ts";
import { connectGrpc } from "./grpc-client.ts";
import { type GrpcServer, serveGrpc } from "./grpc-server.ts";

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref());

describe("connections of a bound age", () => {
  const closers: (() => unknown)[] = [];
  const handled = { calls: 0 };

  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  async function serve(maxConnectionAgeMs: number, answerMs: () => number): Promise<GrpcServer> {
    handled.calls = 0;
    const handlers: Handlers<typeof BalancingService> = {
      async listTargets() {
        handled.calls += 1;
        await wait(answerMs());
        return create(ListTargetsResponseSchema);
      },
      async *watchTargets() {
        handled.calls += 1;
        for (let version = 1n; version <= 3n; version++) {
          await wait(answerMs());
          yield create(WatchTargetsResponseSchema, { version });
        }
      },
      acquireQuota: async () => create(AcquireQuotaResponseSchema),
      returnQuota: async () => create(ReturnQuotaResponseSchema),
    };
    const server = await serveGrpc({ host: "127.0.0.1", port: 0, implementations: [implement(BalancingService, handlers)], maxConnectionAgeMs });
    closers.push(() => server.close(0));
    return server;
  }

  /** A wire to a server that notes how long each connection lasted. */
  async function noteLives(port: number): Promise<{ readonly port: number; readonly lives: number[] }> {
    const lives: number[] = [];
    const wire = createServer((near) => {
      const far = connectTcp(port, "127.0.0.1");
      const from = performance.now();
      near.on("error", () => far.destroy()).pipe(far).on("error", () => near.destroy()).pipe(near);
      far.once("close", () => lives.push(performance.now() - from));
    });
    await once(wire.listen(0, "127.0.0.1"), "listening");
    closers.push(() => wire.close());
    return { port: (wire.address() as AddressInfo).port, lives };
  }

  function open(port: number, channels = 1) {
    const connection = connectGrpc(BalancingService, { target: `127.0.0.1:${port}`, channels });
    closers.push(() => connection.close());
    return connection.client;
  }

  async function versionsOf(client: ReturnType<typeof open>): Promise<bigint[]> {
    const versions: bigint[] = [];
    for await (const { version } of client.watchTargets({})) versions.push(version);
    return versions;
  }

  it("loses no call and handles none twice while connections are closed under load", async () => {
    const server = await serve(100, () => 2);
    const client = open(server.port, 4);
    const until = Date.now() + 2_000;
    let sent = 0;
    const callers = Array.from({ length: 64 }, async (_, index) => {
      while (Date.now() < until) {
        sent += 1;
        if (index % 4 === 0) expect(await versionsOf(client)).toEqual([1n, 2n, 3n]);
        else await client.listTargets({});
      }
    });
    await Promise.all(callers);
    expect(handled.calls).toBe(sent);
  });

  it("closes each connection at an age of its own, and never before nine tenths of it", async () => {
    const server = await serve(200, () => 1);
    const { port, lives } = await noteLives(server.port);
    const client = open(port, 4);
    while (lives.length < 8) await client.listTargets({});
    expect(Math.min(...lives)).toBeGreaterThan(175);
    expect(Math.max(...lives) - Math.min(...lives)).toBeGreaterThan(1);
  });

  it("keeps a stream on its connection however long it takes, and sends new calls elsewhere", async () => {
    const server = await serve(100, () => 400);
    const { port, lives } = await noteLives(server.port);
    const client = open(port);
    const long = versionsOf(client);
    await wait(200);
    await client.listTargets({});
    expect(await long).toEqual([1n, 2n, 3n]);
    while (Math.max(0, ...lives) < 1_100) await wait(10);
    expect(lives.length).toBeGreaterThan(1);
  });

  it("lets calls end when the server ends, and tells those that are too late why", async () => {
    let answerMs = 300;
    const server = await serve(0, () => answerMs);
    const client = open(server.port);
    const soon = client.listTargets({});
    while (handled.calls < 1) await wait(5);
    answerMs = 60_000;
    const late = [client.listTargets({}), versionsOf(client)].map((call) => call.catch((error: unknown) => error));
    while (handled.calls < 3) await wait(5);
    const from = performance.now();
    await server.close(800);
    await expect(soon).resolves.toMatchObject({ targets: [] });
    for (const error of await Promise.all(late)) expect(error).toMatchObject({ code: ErrorCode.UNAVAILABLE, message: expect.stringContaining("could not wait") });
    expect(performance.now() - from).toBeLessThan(3_000);
  });

  it("does not wait for those who watch its health", async () => {
    const server = await serve(0, () => 1);
    const watcher = new HealthChannel(`127.0.0.1:${server.port}`, credentials.createInsecure());
    const asked = watcher.makeServerStreamRequest("/grpc.health.v1.Health/Watch", (bytes: Buffer) => bytes, (bytes: Buffer) => bytes, Buffer.alloc(0), new Metadata());
    asked.on("error", () => undefined);
    await once(asked, "data");
    const from = performance.now();
    await server.close(30_000);
    expect(performance.now() - from).toBeLessThan(5_000);
    watcher.close();
  });
});
