import type { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { callProvider, type ProviderCall, readJson } from "./call-provider.ts";
import { readDeltas, type StreamDecoder } from "./delta-source.ts";
import { textDelta } from "./deltas.ts";
import { createLeanFetch } from "./lean-fetch.ts";
import { createProviderPool } from "./provider-pool.ts";
import { pour, serveRaw } from "./testing/raw-server.ts";

const MEGABYTE = 1024 * 1024;
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Megabytes that are in use, without what only waits to be collected. */
function inUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MEGABYTE;
}

const pool = createProviderPool({ connections: 4, connectTimeoutMs: 500 });
afterAll(() => pool.destroy());

const decoder: StreamDecoder = {
  done: false,
  push: (event, deltas) => void deltas.push(textDelta(0, event.data)),
  end: () => undefined,
};

let flooded: Socket | undefined;

/** Resolves when no more is taken of the flood. */
async function standstill(): Promise<void> {
  for (let turns = 0, sent = -1; turns < 200; turns++) {
    await new Promise(setImmediate);
    if (flooded?.bytesWritten !== sent) turns = 0;
    sent = flooded?.bytesWritten ?? -1;
  }
}

/** Runs work against a server that never stops and tells by how many megabytes memory rose at most. */
async function growth(head: string, flood: string, work: (send: () => Promise<Awaited<ReturnType<typeof callProvider>>>, call: ProviderCall) => Promise<void>) {
  await using server = await serveRaw((socket: Socket) => {
    flooded = socket;
    socket.write(`HTTP/1.1 200 OK\r\n\r\n${head}`);
    pour(socket, flood);
  });
  const { signal } = new AbortController();
  const call: ProviderCall = { signal, trace: ROOT_CONTEXT, strict: false, deployment: "", connectMs: 0, now: Date.now };
  const fetch = createLeanFetch({ dispatcher: pool });
  const watch = watchMemory();
  try {
    await work(() => callProvider(call, () => fetch(server.url)), call);
  } finally {
    watch.stop();
  }
  await server.released();
  return watch.growth();
}

/** Looks at the memory in use now and then: collecting takes long where much is in use, and may not take all of the time. */
function watchMemory() {
  const before = inUse();
  let most = before;
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const began = performance.now();
    most = Math.max(most, inUse());
    timer = setTimeout(look, Math.max(40, 9 * (performance.now() - began)));
  };
  look();
  return { stop: () => clearTimeout(timer), growth: () => Math.max(most, inUse()) - before };
}

describe("the memory that a hostile answer takes", () => {
  it("is that of the longest answer where it never ends, and it is refused", async () => {
    const grown = await growth("[", `"${"x".repeat(100)}",\n`.repeat(1_000), async (send, call) => {
      await expect(send().then((response) => readJson(response, call))).rejects.toMatchObject({ code: ErrorCode.MALFORMED_ANSWER });
    });
    expect(grown).toBeLessThan(100);
  });

  it("is small where a stream has one line without an end", async () => {
    const grown = await growth("data: ", "x".repeat(65_536), async (send, call) => {
      const source = readDeltas(await send(), decoder, [], call.signal);
      await expect(source.next()).rejects.toMatchObject({ code: ErrorCode.MALFORMED_ANSWER });
    });
    expect(grown).toBeLessThan(30);
  });

  it("is small where millions of events come that are read at once", async () => {
    let events = 0;
    const grown = await growth("", "data: a\n\n".repeat(5_000), async (send, call) => {
      const source = readDeltas(await send(), decoder, [], call.signal);
      const readAll = async () => {
        for (let deltas = await source.next(); deltas !== undefined; deltas = await source.next()) events += deltas.length;
      };
      await expect(readAll()).rejects.toMatchObject({ code: ErrorCode.MALFORMED_ANSWER });
    });
    expect(events).toBeGreaterThan(1_000_000);
    expect(grown).toBeLessThan(30);
  }, 30_000);

  it("is small where millions of events come that nobody reads", async () => {
    const grown = await growth("", "data: a\n\n".repeat(5_000), async (send, call) => {
      const source = readDeltas(await send(), decoder, [], call.signal);
      expect((await source.next())?.length).toBeGreaterThan(0);
      await standstill();
      source.close();
    });
    expect(grown).toBeLessThan(30);
  });
});
