import { keyMark } from "../requests/key-mark.ts";
import { createProviderSimulator, type ProviderSimulator } from "../service.ts";

describe("the control API", () => {
  let simulator: ProviderSimulator;

  beforeEach(async () => {
    simulator = createProviderSimulator();
    await simulator.listen();
  });
  afterEach(() => simulator.close());

  const call = async (method: string, path: string, body?: unknown) => {
    const init =
      body === undefined ? { method } : { method, body: typeof body === "string" ? body : JSON.stringify(body) };
    const response = await fetch(`${simulator.controlUrl}${path}`, init);
    return { status: response.status, body: (await response.json()) as any };
  };
  const ask = (model = "gpt-4o", headers: Record<string, string> = {}) =>
    fetch(`${simulator.baseUrls.openai}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer secret-key", ...headers },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "private words" }] }),
    });

  it("sets, adds, shows and clears faults", async () => {
    const set = await call("PUT", "/faults", { faults: [{ kind: "status", status: 503, provider: "openai" }] });
    expect(set).toMatchObject({ status: 200, body: { faults: [{ fault: { status: 503 }, matched: 0, hits: 0 }] } });
    expect((await call("POST", "/faults", { kind: "hang", model: "gpt-5.2" })).body.faults).toHaveLength(2);
    expect((await ask()).status).toBe(503);
    expect((await call("GET", "/faults")).body.faults[0]).toMatchObject({ matched: 1, hits: 1 });
    expect((await call("DELETE", "/faults")).status).toBe(200);
    expect((await ask()).status).toBe(200);
  });

  it.each([
    ["PUT", "/faults", { faults: [{ kind: "status", status: 200 }] }, "faults.0.status"],
    ["PUT", "/faults", { faults: [{ kind: "delay", ms: 5 }, { kind: "nap" }] }, "faults.1.kind"],
    ["PUT", "/faults", {}, "faults"],
    ["POST", "/faults", { kind: "cut" }, "afterBytes"],
    ["POST", "/faults", { kind: "hang", model: "gpt-4o", wrong: 1 }, "wrong"],
    ["POST", "/faults", { kind: "hang", probability: 2 }, "probability"],
    ["PUT", "/models/openai/gpt-4o", { chunks: 0 }, "chunks"],
    ["PUT", "/models/openai/gpt-0", { chunks: 1 }, "model"],
    ["PUT", "/models/nobody/*", { chunks: 1 }, "provider"],
    ["PUT", "/models/openai/*?deployment=a%20b", { chunks: 1 }, "deployment"],
    ["PUT", "/models/openai/*", { structuredOutput: "odd" }, "structuredOutput"],
    ["PUT", "/models/openai/%E0%A4%A", { chunks: 1 }, "path"],
    ["PUT", "/record", { bodies: "yes" }, "bodies"],
    ["PUT", "/record", "not json", "body"],
    ["GET", "/requests?since=soon", undefined, "since"],
  ])("refuses %s %s with %j and names the field", async (method, path, body, field) => {
    expect(await call(method, path, body)).toMatchObject({
      status: 400,
      body: { error: { field, message: expect.any(String) } },
    });
  });

  it("answers 404 where there is nothing", async () => {
    expect((await call("GET", "/nothing")).status).toBe(404);
    expect((await fetch(new URL("/elsewhere", simulator.controlUrl))).status).toBe(404);
  });

  it("sets how a model answers: its own settings come before those of all", async () => {
    await call("PUT", "/models/openai/*", { text: "for all", chunks: 2 });
    await call("PUT", "/models/openai/gpt-4o-2024-08-06", { text: "for one" });
    const textOf = async (model: string) => ((await (await ask(model)).json()) as any).choices[0].message.content;
    expect([await textOf("gpt-4o"), await textOf("gpt-4o-mini")]).toEqual(["for one", "for all"]);
    expect((await call("GET", "/models")).body.models).toEqual({
      "openai/*": { text: "for all", chunks: 2 },
      "openai/gpt-4o": { text: "for one" },
    });
    await call("DELETE", "/models");
    expect(await textOf("gpt-4o")).not.toBe("for one");
  });

  it("sets how a model answers at one deployment, told by the path or by the key", async () => {
    await call("PUT", "/models/openai/gpt-4o", { text: "everywhere", chunks: 2 });
    await call("PUT", "/models/openai/*?deployment=eu", { text: "in eu" });
    await call("PUT", `/models/openai/gpt-4o?deployment=${keyMark("other-key")}`, { text: "by key" });
    const textAt = async (prefix: string, key: string) => {
      const url = simulator.baseUrls.openai.replace("/openai/v1", `${prefix}/openai/v1/chat/completions`);
      const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "x" }] });
      const response = await fetch(url, { method: "POST", headers: { authorization: `Bearer ${key}` }, body });
      return ((await response.json()) as any).choices[0].message.content;
    };
    const asked = [textAt("", "key"), textAt("/d/eu", "key"), textAt("/d/us", "key"), textAt("", "other-key"), textAt("/d/eu", "other-key")];
    expect(await Promise.all(asked)).toEqual(["everywhere", "in eu", "everywhere", "by key", "in eu"]);
    expect(Object.keys((await call("GET", "/models")).body.models)).toContain("openai/*#eu");
    const seen = simulator.requests().map(({ deployment, keyMark: mark, path }) => `${deployment} ${mark} ${path}`);
    expect(seen.sort()).toContain(`eu ${keyMark("other-key")} /v1/chat/completions`);
    expect(JSON.stringify(simulator.requests())).not.toContain("other-key");
  });

  it.each<[string, unknown, string, (json: any) => unknown, unknown]>([
    ["openai", { model: "gpt-4o" }, "/chat/completions", (json) => json.choices[0], { message: { content: null, refusal: "I will not." }, finish_reason: "stop" }],
    ["openai", { model: "gpt-4o", input: "x" }, "/responses", (json) => json.output[0].content, [{ type: "refusal", refusal: "I will not." }]],
    ["anthropic", { model: "claude-haiku-4-5", max_tokens: 99 }, "/v1/messages", (json) => json, { stop_reason: "refusal", content: [{ type: "text", text: "I will not." }] }],
    ["google", { contents: [{ parts: [{ text: "x" }] }] }, "/v1beta/models/gemini-2.5-flash:generateContent", (json) => json.candidates[0], { content: { parts: [] }, finishReason: "SAFETY" }],
  ])("has %s refuse in its own form: %j", async (provider, body, path, read, expected) => {
    simulator.setModel(provider, "*", { refusal: "I will not." });
    const headers = { authorization: "Bearer k", "x-api-key": "k", "x-goog-api-key": "k", "anthropic-version": "2023-06-01" };
    const messages = path.includes("/v1beta") ? {} : { messages: [{ role: "user", content: "x" }] };
    const response = await fetch(`${simulator.baseUrls[provider]}${path}`, { method: "POST", headers, body: JSON.stringify({ ...messages, ...(body as object) }) });
    expect(read(await response.json())).toMatchObject(expected as object);
  });

  it.each([
    ["broken", undefined],
    ["wrong", []],
    ["valid", { a: expect.any(Number) }],
  ])("answers with %s JSON where a schema is asked for", async (structuredOutput, expected) => {
    simulator.setModel("openai", "gpt-4o", { structuredOutput: structuredOutput as never });
    const schema = { type: "object", properties: { a: { type: "integer" } }, required: ["a"], additionalProperties: false };
    const response = await fetch(`${simulator.baseUrls.openai}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer k" },
      body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "x" }], response_format: { type: "json_schema", json_schema: { name: "s", schema } } }),
    });
    const text = ((await response.json()) as any).choices[0].message.content as string;
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = undefined;
    }
    expect(parsed).toEqual(expected);
  });

  it("keeps to the latency and the rate that are set, whatever the speed", async () => {
    simulator.setModel("openai", "gpt-4o", { firstTokenMs: 30, tokensPerSecond: 1_000, outputTokens: 50 });
    const startedAt = performance.now();
    await (await ask()).text();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(78);
  });

  it("shows what was received, without keys and bodies", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await (await ask("gpt-4o", { traceparent, "x-private": "yes" })).text();
    await (await ask("gpt-0")).text();
    const { requests } = (await call("GET", "/requests")).body;
    expect(requests).toEqual(
      [
        expect.objectContaining({
          id: 1,
          provider: "openai",
          model: "gpt-4o",
          path: "/v1/chat/completions",
          stream: false,
          status: 200,
          outcome: "answered",
          fault: undefined,
          headers: { traceparent },
        }),
        expect.objectContaining({ id: 2, model: "gpt-0", status: 404, outcome: "answered" }),
      ].map((entry) => expect.objectContaining(JSON.parse(JSON.stringify(entry.sample)))),
    );
    expect(requests[0].finishedAt).toBeGreaterThanOrEqual(requests[0].receivedAt);
    expect(requests[0].bytesSent).toBeGreaterThan(100);
    expect(JSON.stringify(requests)).not.toMatch(/secret-key|private/);
  });

  it("narrows requests by provider, time and id, and forgets them", async () => {
    await (await ask()).text();
    await (await ask()).text();
    const countOf = async (query: string) => (await call("GET", `/requests?${query}`)).body.requests.length;
    expect(await countOf("provider=openai")).toBe(2);
    expect(await countOf("provider=google")).toBe(0);
    expect(await countOf("after=1")).toBe(1);
    expect(await countOf(`since=${Date.now() + 1_000}`)).toBe(0);
    expect(await countOf("since=2020-01-01T00:00:00Z")).toBe(2);
    await call("DELETE", "/requests");
    expect(await countOf("")).toBe(0);
  });

  it("keeps no more than the last thousand requests", async () => {
    for (let turn = 0; turn < 1_010; turn++) await (await ask("gpt-0")).arrayBuffer();
    const requests = simulator.requests();
    expect(requests).toHaveLength(1_000);
    expect([requests[0]?.id, requests.at(-1)?.id]).toEqual([11, 1_010]);
  });

  it("shows bodies once they are recorded, the long ones cut", async () => {
    await call("PUT", "/record", { bodies: true });
    await (await ask()).text();
    await (await ask("x".repeat(100_000))).text();
    const { requests } = (await call("GET", "/requests")).body;
    expect(requests[0].body).toEqual({ model: "gpt-4o", messages: [{ role: "user", content: "private words" }] });
    expect(requests[1].body).toHaveLength(64 * 1024);
    expect(requests[1].bodyBytes).toBeGreaterThan(100_000);
  });

  it("counts requests by provider and outcome", async () => {
    await (await ask()).text();
    simulator.addFault({ kind: "status", status: 500 });
    await (await ask()).text();
    expect((await call("GET", "/stats")).body).toEqual({
      total: 2,
      active: 0,
      byProvider: { openai: 2 },
      byOutcome: { answered: 1, "fault:status": 1 },
    });
  });
});
