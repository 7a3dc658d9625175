import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { propagation, ROOT_CONTEXT, type TextMapPropagator, trace } from "@opentelemetry/api";
import { callProvider, type ProviderCall, readJson } from "./call-provider.ts";
import { createLeanFetch, type LeanFetchSettings } from "./lean-fetch.ts";
import { createProviderPool } from "./provider-pool.ts";
import { type FixtureServer, serveFixtures } from "./testing/fixture-server.ts";
import { recordingTracer } from "./testing/recording-tracer.ts";

const pool = createProviderPool({ connections: 4, connectTimeoutMs: 500 });
afterAll(() => pool.destroy());

function callWith(signal: AbortSignal, context = ROOT_CONTEXT): ProviderCall {
  return { signal, trace: context, strict: false, deployment: "", connectMs: 0, now: Date.now };
}

async function send(url: string, call: ProviderCall, settings: Partial<LeanFetchSettings> = {}) {
  const fetch = createLeanFetch({ dispatcher: pool, ...settings });
  return callProvider(call, () => fetch(url, { method: "POST", body: "{}", headers: { "content-type": "application/json" } }));
}

async function received(server: FixtureServer) {
  while (server.requests.length === 0) await new Promise(setImmediate);
  return server.requests[0] ?? (undefined as never);
}

describe("the lean fetch", () => {
  it("hands on method, path, headers and body, and reads the answer as JSON whatever its type", async () => {
    await using server = await serveFixtures({ headers: { "content-type": "text/plain" }, body: '{"a":1}' });
    const call = callWith(new AbortController().signal);
    expect(await readJson(await send(`${server.url}/v1/x?alt=sse`, call), call)).toEqual({ a: 1 });
    expect(server.requests[0]).toMatchObject({ method: "POST", path: "/v1/x?alt=sse", body: "{}" });
    expect(server.requests[0]?.headers["content-type"]).toBe("application/json");
  });

  it.each([
    ["before the answer began", ""],
    ["within the answer", "data: 1\n\n"],
  ])("closes the connection within 200 ms when the call is aborted %s", async (_moment, body) => {
    await using server = await serveFixtures({ body, ending: "hang" });
    const controller = new AbortController();
    const pending = send(server.url, callWith(controller.signal));
    const settled = pending.catch((error: unknown) => error);
    const request = await received(server);
    if (body !== "") await settled;
    const abortedAt = performance.now();
    controller.abort();
    await request.closed;
    expect(performance.now() - abortedAt).toBeLessThan(200);
    if (body === "") expect(await settled).toMatchObject({ code: ErrorCode.CANCELLED });
  });

  it("says CANCELLED for a call that was given up, and sends nothing for one that was given up before", async () => {
    await using server = await serveFixtures();
    await expect(send(server.url, callWith(AbortSignal.abort()))).rejects.toMatchObject({ code: ErrorCode.CANCELLED });
    expect(server.requests).toHaveLength(0);
  });

  it("refuses answers that are too long, cut off, or no JSON", async () => {
    await using server = await serveFixtures({ body: `"${"x".repeat(5_000)}"` });
    const call = callWith(new AbortController().signal);
    const read = async (settings?: Partial<LeanFetchSettings>) => readJson(await send(server.url, call, settings), call);
    await expect(read({ maxAnswerBytes: 1_000 })).rejects.toMatchObject({ code: ErrorCode.MALFORMED_ANSWER });
    server.play({ body: "<html>" });
    await expect(read()).rejects.toMatchObject({ code: ErrorCode.MALFORMED_ANSWER });
    server.play({ body: '{"a":', ending: "reset" });
    await expect(read()).rejects.toMatchObject({ code: ErrorCode.PROVIDER_UNREACHABLE });
  });

  it("follows no redirect", async () => {
    await using server = await serveFixtures({ status: 302, headers: { location: "http://127.0.0.1:1/" }, body: "" });
    await expect(send(server.url, callWith(new AbortController().signal))).rejects.toMatchObject({ code: ErrorCode.PROVIDER_ERROR });
    expect(server.requests).toHaveLength(1);
  });

  it("says PROVIDER_UNREACHABLE where nobody listens", async () => {
    const call = callWith(new AbortController().signal);
    await expect(send("http://127.0.0.1:1/", call)).rejects.toMatchObject({ code: ErrorCode.PROVIDER_UNREACHABLE });
  });

  it("makes a span that names neither query nor key, and sends trace headers only where it is told to", async () => {
    await using server = await serveFixtures();
    const propagator = { inject: (_context, carrier, setter) => setter.set(carrier, "traceparent", "00-x"), extract: (context) => context, fields: () => [] } satisfies TextMapPropagator;
    propagation.setGlobalPropagator(propagator);
    const { tracer, spans } = recordingTracer();
    const parent = trace.setSpan(ROOT_CONTEXT, tracer.startSpan("chat m"));
    const call = callWith(new AbortController().signal, parent);
    await readJson(await send(`${server.url}/v1/x?key=secret`, call, { tracer }), call);
    await readJson(await send(`${server.url}/v1/x`, call, { tracer, propagateTrace: true }), call);
    propagation.disable();
    expect(spans[1]).toMatchObject({
      name: "POST",
      ended: 1,
      parent: spans[0]?.span,
      attributes: { "http.request.method": "POST", "http.response.status_code": 200, "server.address": "127.0.0.1", "url.full": `${server.url}/v1/x` },
    });
    expect(JSON.stringify(spans[1]?.attributes)).not.toContain("secret");
    expect(server.requests.map((request) => request.headers["traceparent"])).toEqual([undefined, "00-x"]);
  });
});
