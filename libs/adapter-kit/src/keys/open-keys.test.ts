import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { retryAfterMs, type FairleadError } from "@fairlead/rpc/fairlead-error";
import type { ServiceTools } from "@fairlead/runtime/service";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { Registry } from "prom-client";
import { callProvider, type ProviderCall, readJson } from "../call-provider.ts";
import { type ConnectionSettings, openConnection } from "../open-connection.ts";
import { type Fixture, type FixtureServer, type ReceivedRequest, serveFixtures } from "../testing/fixture-server.ts";

const { signal } = new AbortController();

/** A server that answers by key, a connection to it with a clock of its own, and what was logged. */
async function open(answers: Record<string, Fixture>, settings: Partial<ConnectionSettings> = {}) {
  const lines: string[] = [];
  const log = (about: object, msg: string) => void lines.push(JSON.stringify({ ...about, msg }));
  const logger = { info: log, warn: log, error: log } as unknown as ServiceTools["logger"];
  const clock = { now: 1_000_000 };
  const metrics = new Registry();
  const tools = { logger, metrics, tracer: trace.getTracer("test"), now: () => clock.now, newId: () => "id" };
  const whole = { simulated: false, apiKey: "key-a,key-b", apiKeyFile: "", deployments: [], propagateTrace: false, connections: 4, ...settings };
  const connection = openConnection(whole, "p", tools);
  const server = await serveFixtures((request) => answers[keyOf(request)] ?? { body: "{}" });
  return { server, lines, clock, metrics, connection };
}

type Bench = Awaited<ReturnType<typeof open>>;

function keyOf(request: ReceivedRequest): string {
  return String(request.headers.authorization ?? request.headers["x-goog-api-key"] ?? new URL(request.path, "http://x").searchParams.get("key")).replace("Bearer ", "");
}

const keysOf = (server: FixtureServer) => server.requests.map(keyOf);

async function ask({ server, connection, clock }: Bench, model = "m", deployment = ""): Promise<unknown> {
  const call: ProviderCall = { signal, trace: ROOT_CONTEXT, strict: false, deployment, model, connectMs: 0, now: () => clock.now };
  const headers = { authorization: `Bearer ${connection.keys.of(deployment).placeholder}` };
  try {
    const answer = await callProvider(call, () => connection.fetch(`${server.url}/v1/x`, { method: "POST", body: '{"a":1}', headers }));
    return await readJson(answer, call);
  } catch (error) {
    const { code, message, detail } = error as FairleadError;
    expect(message).not.toMatch(/key-[a-z]/);
    return [ErrorCode[code], retryAfterMs(detail)];
  }
}

async function close({ server, connection, lines }: Bench) {
  await connection.close();
  await server[Symbol.asyncDispose]();
  expect(lines.join("")).not.toMatch(/key-[a-z]|fairlead-key/);
}

const statesOf = async ({ metrics }: Bench, deployment = "") => {
  const { values = [] } = (await metrics.getSingleMetric("fairlead_adapter_keys")?.get()) ?? {};
  const own = values.filter(({ labels }) => labels["deployment"] === deployment);
  return Object.fromEntries(own.map(({ labels, value }) => [labels["state"], value]));
};

describe("the keys of a provider", () => {
  it("go out in turn, in the place of their placeholder alone", async () => {
    const bench = await open({});
    for (const _ of "123") expect(await ask(bench)).toEqual({});
    expect(keysOf(bench.server)).toEqual(["key-a", "key-b", "key-a"]);
    expect(bench.server.requests[0]?.headers.authorization).toBe("Bearer key-a");
    await close(bench);
  });

  it.each<[string, Fixture]>([
    ["is limited", { status: 429, body: "{}", headers: { "retry-after": "60" } }],
    ["is not known", { status: 401, body: "{}" }],
    ["is not paid for", { status: 402, body: "{}" }],
    ["may not call", { status: 403, body: '{"error":{"message":"no"}}' }],
    ["is refused with 400", { status: 400, body: '[{"error":{"status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]' }],
  ])("are tried on at once where one %s, with the same body, and that one is left alone", async (_what, refusal) => {
    const bench = await open({ "key-a": refusal });
    for (const _ of "123") expect(await ask(bench)).toEqual({});
    expect(keysOf(bench.server)).toEqual(["key-a", "key-b", "key-b", "key-b"]);
    expect(bench.server.requests.map(({ body }) => body)).toEqual(Array(4).fill('{"a":1}'));
    await close(bench);
  });

  it.each<[string, Fixture, unknown[]]>([
    ["an overloaded server", { status: 503, body: "{}" }, ["OVERLOADED", undefined]],
    ["a refused request", { status: 400, body: "{}" }, ["INVALID_REQUEST", undefined]],
    ["a broken connection", { body: "{", ending: "reset", headers: { "content-length": "9" } }, ["PROVIDER_UNREACHABLE", undefined]],
  ])("are not tried on for %s", async (_what, fixture, expected) => {
    const bench = await open({ "key-a": fixture });
    expect(await ask(bench)).toEqual(expected);
    expect(keysOf(bench.server)).toEqual(["key-a"]);
    await close(bench);
  });

  it("refuse a call, once all are limited, with the shortest wait and without sending it", async () => {
    const limited = (seconds: number) => ({ status: 429, body: "{}", headers: { "retry-after": String(seconds) } });
    const bench = await open({ "key-a": limited(60), "key-b": limited(20) });
    expect(await ask(bench)).toEqual(["RATE_LIMITED", 20_000]);
    bench.clock.now += 5_000;
    expect(await ask(bench)).toEqual(["RATE_LIMITED", 15_000]);
    expect(bench.server.requests).toHaveLength(2);
    expect(await statesOf(bench)).toEqual({ ready: 0, resting: 2, dead: 0 });
    bench.server.play({ body: "{}" });
    expect(await ask(bench, "another model")).toEqual({});
    bench.clock.now += 15_000;
    expect(await ask(bench)).toEqual({});
    await close(bench);
  });

  it("refuse a call, once all were refused, without sending it, and let single ones try", async () => {
    const bench = await open({ "key-a": { status: 401, body: "{}" }, "key-b": { status: 401, body: "{}" } });
    for (const _ of "123") expect(await ask(bench)).toEqual(["PROVIDER_AUTHENTICATION", undefined]);
    expect(bench.server.requests).toHaveLength(2);
    expect(await statesOf(bench)).toEqual({ ready: 0, resting: 0, dead: 2 });
    bench.clock.now += 30_000;
    bench.server.play({ body: "{}" });
    expect(await Promise.all("1234".split("").map(() => ask(bench)))).toEqual([{}, {}, ["PROVIDER_AUTHENTICATION", undefined], ["PROVIDER_AUTHENTICATION", undefined]]);
    for (const _ of "12") expect(await ask(bench)).toEqual({});
    const said = bench.lines.map((line) => JSON.parse(line) as Record<string, unknown>).map(({ source, position, reason, msg }) => [source, position, reason, msg]);
    expect(said).toEqual([
      ["apiKey", 1, "PROVIDER_AUTHENTICATION", "a key was refused and is set aside"],
      ["apiKey", 2, "PROVIDER_AUTHENTICATION", "a key was refused and is set aside"],
      ["apiKey", 1, undefined, "a key that was set aside is used again"],
      ["apiKey", 2, undefined, "a key that was set aside is used again"],
    ]);
    await close(bench);
  });

  it("are tried no more than three times for one call", async () => {
    const bench = await open({}, { apiKey: "key-a key-b key-c key-d" });
    bench.server.play({ status: 429, body: "{}", headers: { "retry-after": "9" } });
    expect(await ask(bench)).toEqual(["RATE_LIMITED", 9_000]);
    expect(keysOf(bench.server)).toEqual(["key-a", "key-b", "key-c"]);
    await close(bench);
  });

  it("hand out an only key whatever was said of it", async () => {
    const bench = await open({ "key-a": { status: 401, body: "{}" } }, { apiKey: "key-a" });
    for (const _ of "12") expect(await ask(bench)).toEqual(["PROVIDER_AUTHENTICATION", undefined]);
    expect(bench.server.requests).toHaveLength(2);
    expect(bench.lines).toHaveLength(1);
    await close(bench);
  });

  it("belong to deployments where they have their own, and are measured by them", async () => {
    const bench = await open({ "key-e": { status: 401, body: "{}" } }, { deployments: [{ name: "eu", apiKeyEnv: "EU_KEYS", apiKey: "key-e,key-f" }, { name: "us" }] });
    for (const deployment of ["eu", "us", "eu"]) await ask(bench, "m", deployment);
    expect(keysOf(bench.server)).toEqual(["key-e", "key-f", "key-a", "key-f"]);
    expect(await statesOf(bench, "eu")).toEqual({ ready: 1, resting: 0, dead: 1 });
    expect(await statesOf(bench)).toEqual({ ready: 2, resting: 0, dead: 0 });
    await close(bench);
  });

  it("may stand in the query", async () => {
    const bench = await open({});
    const call: ProviderCall = { signal, trace: ROOT_CONTEXT, strict: false, deployment: "", connectMs: 0, now: Date.now };
    const url = `${bench.server.url}/v1/x?alt=sse&key=${bench.connection.keys.of("").placeholder}`;
    await (await callProvider(call, () => bench.connection.fetch(url))).json();
    expect(bench.server.requests[0]?.path).toBe("/v1/x?alt=sse&key=key-a");
    await close(bench);
  });

  it("go out with a request that nobody follows", async () => {
    const bench = await open({});
    const headers = { "x-goog-api-key": bench.connection.keys.of("").placeholder };
    await (await bench.connection.fetch(bench.server.url, { headers })).json();
    expect(keysOf(bench.server)).toEqual(["key-a"]);
    await close(bench);
  });

  it("are none where none are configured", async () => {
    const bench = await open({}, { apiKey: "" });
    expect(bench.connection.keys.of("")).toEqual({ placeholder: "", missing: false });
    expect(await ask(bench)).toEqual({});
    await close(bench);
  });
});

describe("the keys of a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "keys-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("change without a restart, and a broken one changes nothing", async () => {
    const path = join(folder, "rotated");
    writeFileSync(path, "key-a");
    const bench = await open({}, { apiKey: "key-z", apiKeyFile: path });
    expect(await ask(bench)).toEqual({});
    const changed = async (outcome: string) => {
      const counted = async () => (await bench.metrics.getSingleMetric("fairlead_adapter_key_changes_total")?.get())?.values ?? [];
      while (!(await counted()).some(({ labels, value }) => labels["outcome"] === outcome && value > 0)) await new Promise(setImmediate);
    };
    writeFileSync(path, "key-b");
    await changed("loaded");
    expect(await ask(bench)).toEqual({});
    writeFileSync(path, "key c");
    await changed("broken");
    expect(await ask(bench)).toEqual({});
    writeFileSync(path, "");
    await changed("withdrawn");
    expect(await ask(bench)).toEqual(["PROVIDER_AUTHENTICATION", undefined]);
    expect(keysOf(bench.server)).toEqual(["key-a", "key-b", "key-b"]);
    expect(bench.lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      "keys loaded anew",
      "the keys cannot be used; those that held before stay",
      "the keys were withdrawn; calls are refused until there are others",
    ]);
    await close(bench);
  });

  it("stop the start where there are none, unless a simulator is called", async () => {
    const path = join(folder, "empty");
    writeFileSync(path, "\n");
    await expect(open({}, { apiKeyFile: path })).rejects.toThrow(`Configuration: ${path}: the adapter of p has no key there`);
    const deployments = [{ name: "eu", apiKeyFile: path, apiKey: undefined }];
    await expect(open({}, { deployments })).rejects.toThrow("deployment eu has no key there");
    const bench = await open({}, { simulated: true, apiKey: "key-s", apiKeyFile: path, deployments });
    await ask(bench);
    await ask(bench, "m", "eu");
    expect(keysOf(bench.server)).toEqual(["key-s", "key-s-eu"]);
    await close(bench);
  });
});
