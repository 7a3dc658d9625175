import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBalancer } from "@fairlead/decision/balancing/algorithms/all-balancers";
import { InputError } from "../read-table.ts";
import { capacityOf, makeFleet, PromptCache } from "./fleet.ts";
import { measure } from "./measure.ts";
import { readOptions } from "./options.ts";
import { readTrace, type TraceRequest } from "./read-trace.ts";
import { type Replay, replay } from "./simulate.ts";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "fairlead-balancing-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const trace: TraceRequest[] = Array.from({ length: 3_000 }, (_, index) => ({
  atMs: index * 100,
  inputTokens: 500 + ((index * 7_919) % 3_000),
  outputTokens: 1 + ((index * 104_729) % 300),
  blocks: [index % 50, 1_000 + (index % 50)],
  session: String(index % 50),
}));
const usual: Replay = {
  trace,
  fleet: makeFleet(4),
  balancer: findBalancer("least_connections"),
  routers: 3,
  speedup: 1,
  seed: 7,
  weights: "announced",
};

describe("reading a trace", () => {
  it("takes Azure's times with and without a zone and begins at the first request", () => {
    const path = fileOf(
      "azure.csv",
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:04.0319600,3180,8\n2023-11-16 18:17:03.9799600+00:00,4808,10\n",
    );
    const requests = readTrace(path);
    expect(requests.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens])).toEqual([
      [4808, 10],
      [3180, 8],
    ]);
    expect(requests.map(({ atMs }) => Math.round(atMs))).toEqual([0, 52]);
  });

  it("finds sessions by the first block that not everyone shares", () => {
    const line = (timestamp: number, blocks: number[]) =>
      JSON.stringify({ timestamp, input_length: 1_000, output_length: 5, hash_ids: blocks });
    const lines = Array.from({ length: 100 }, (_, index) => line(index, [0, 100 + (index % 60), 500 + index]));
    const requests = readTrace(fileOf("blocks.jsonl", lines.join("\n")));
    expect(requests[3]?.session).toBe("103");
    expect(requests[63]?.session).toBe("103");
  });

  it.each([
    ["no.csv", "TIME,ContextTokens,GeneratedTokens\n1,2,3\n", 'no.csv:1: column "TIMESTAMP"'],
    ["time.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\nnoon,2,3\n", 'time.csv:2: column "TIMESTAMP"'],
    ["count.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:04,-2,3\n", 'count.csv:2: column "ContextTokens"'],
    ["text.jsonl", '{"timestamp":0,"input_length":1,"output_length":1}\nnot json\n', "text.jsonl:2"],
    ["length.jsonl", '{"timestamp":0,"input_length":"many","output_length":1}\n', 'length.jsonl:1: column "input_length"'],
  ])("says where %s cannot be used", (name, text, message) => {
    const path = fileOf(name, text);
    expect(() => readTrace(path)).toThrow(InputError);
    expect(() => readTrace(path)).toThrow(message);
  });
});

describe("replaying a trace", () => {
  it("serves every request once and the same way for the same seed", () => {
    const first = replay(usual);
    expect(first.filter((one) => one !== undefined)).toHaveLength(trace.length);
    expect(replay(usual)).toEqual(first);
    expect(replay({ ...usual, seed: 8 }).map(({ target }) => target)).not.toEqual(
      first.map(({ target }) => target),
    );
  });

  it("takes no less than a call takes at the fastest target without any wait", () => {
    const fastest = Math.max(...usual.fleet.map(({ decodePerSecond }) => decodePerSecond));
    for (const [index, { latencyMs, firstTokenMs }] of replay(usual).entries()) {
      expect(latencyMs).toBeGreaterThan((((trace[index]?.outputTokens ?? 0) - 1) * 1_000) / fastest);
      expect(latencyMs).toBeGreaterThan(firstTokenMs - 1e-6);
    }
  });

  it("lets nothing wait while there is little to do, and much above what the targets can serve", () => {
    const rate = capacityOf(usual.fleet, trace);
    const speedup = rate / 10;
    const p99 = (factor: number) =>
      measure("x", factor, usual.fleet, replay({ ...usual, speedup: speedup * factor })).firstTokenP99Ms;
    expect(p99(0.2)).toBeLessThan(3_000);
    expect(p99(3)).toBeGreaterThan(5_000);
  });

  it("finds more of the prompts cached where sessions stay at their target", () => {
    const hits = (name: string) =>
      measure(name, 1, usual.fleet, replay({ ...usual, balancer: findBalancer(name) })).cacheHitShare;
    expect(hits("consistent_hash")).toBeGreaterThan(0.9);
    const small = usual.fleet.map((target) => ({ ...target, cacheBlocks: 40 }));
    const few = (name: string) =>
      measure(name, 1, small, replay({ ...usual, fleet: small, balancer: findBalancer(name) })).cacheHitShare;
    expect(few("consistent_hash")).toBeGreaterThan(few("round_robin") + 0.2);
  });

  it("is served soonest from one queue before all targets", () => {
    const speedup = (capacityOf(usual.fleet, trace) / 10) * 0.8;
    const meanOf = (balancer: Replay["balancer"]) =>
      measure("x", 1, usual.fleet, replay({ ...usual, speedup, balancer })).meanMs;
    for (const name of ["round_robin", "least_connections", "performance_based"]) {
      expect(meanOf(undefined)).toBeLessThan(meanOf(findBalancer(name)));
    }
  });
});

describe("a cache of prompts", () => {
  it("counts the blocks at the beginning only and forgets the least recently used", () => {
    const cache = new PromptCache(3);
    expect(cache.read([1, 2])).toBe(0);
    expect(cache.read([1, 2, 3])).toBe(2);
    expect(cache.read([9, 2, 3])).toBe(0);
    expect(cache.read([1])).toBe(0);
  });
});

describe("options", () => {
  it("name the argument that cannot be used", () => {
    expect(() => readOptions(["--targets", "8"], "out")).toThrow("--trace");
    expect(() => readOptions(["--trace", "x", "--targets", "1"], "out")).toThrow("--targets");
    expect(() => readOptions(["--trace", "x", "--algorithms", "best"], "out")).toThrow("--algorithms");
    expect(() => readOptions(["--trace", "x", "--utilisation", "0.5,nine"], "out")).toThrow("--utilisation");
    expect(() => readOptions(["--trase", "x"], "out")).toThrow("--trase");
    expect(readOptions(["--help"], "out")).toBeUndefined();
  });
});
