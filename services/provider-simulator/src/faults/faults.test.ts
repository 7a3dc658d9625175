import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { keyMark } from "../requests/key-mark.ts";
import { createProviderSimulator, type ProviderSimulator } from "../service.ts";
import { waitUntil } from "../testing/wait-until.ts";

const openAiBody = { model: "gpt-4o", messages: [{ role: "user" as const, content: "hello" }] };
const anthropicBody = {
  model: "claude-haiku-4-5",
  max_tokens: 200,
  messages: [{ role: "user" as const, content: "hello" }],
};
const googleBody = { contents: [{ parts: [{ text: "hello" }] }] };

describe("faults", () => {
  let simulator: ProviderSimulator;

  beforeEach(async () => {
    simulator = createProviderSimulator({ seed: 3 });
    await simulator.listen();
  });
  afterEach(() => simulator.close());

  const post = (url: string, body: object, signal?: AbortSignal) =>
    fetch(url, {
      method: "POST",
      body: JSON.stringify(body),
      headers: {
        "content-type": "application/json",
        authorization: "Bearer k",
        "x-api-key": "k",
        "x-goog-api-key": "k",
        "anthropic-version": "2023-06-01",
      },
      ...(signal === undefined ? {} : { signal }),
    });
  const openAi = (body: object = openAiBody, signal?: AbortSignal) =>
    post(`${simulator.baseUrls.openai}/chat/completions`, body, signal);
  const anthropic = (body: object = anthropicBody) => post(`${simulator.baseUrls.anthropic}/v1/messages`, body);
  const google = (verb = "generateContent") =>
    post(`${simulator.baseUrls.google}/v1beta/models/gemini-2.5-flash:${verb}`, googleBody);
  const lastRequest = () => simulator.requests().at(-1);

  it("answers a status in the shape of each vendor, with retry-after", async () => {
    simulator.setFaults([{ kind: "status", status: 429, retryAfter: 7 }]);
    const [first, second, third] = await Promise.all([openAi(), anthropic(), google()]);
    expect([first.status, second.status, third.status]).toEqual([429, 429, 429]);
    expect(first.headers.get("retry-after")).toBe("7");
    expect(await first.json()).toMatchObject({ error: { code: "rate_limit_exceeded" } });
    expect(await second.json()).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
    expect(await third.json()).toMatchObject({
      error: { code: 429, status: "RESOURCE_EXHAUSTED", details: [{ retryDelay: "7s" }] },
    });
  });

  it.each([
    ["seconds", 62.5, { "retry-after": "62.5" }],
    ["milliseconds", 0.25, { "retry-after-ms": "250" }],
    ["reset", 62.5, { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m2.5s" }],
    ["reset", 0.25, { "x-ratelimit-reset-requests": "250ms" }],
  ] as const)("tells a wait by %s of %d and in no other way", async (retryAfterForm, retryAfter, expected) => {
    simulator.setFaults([{ kind: "status", status: 429, retryAfter, retryAfterForm }]);
    const response = await openAi();
    expect(Object.fromEntries(response.headers)).toMatchObject(expected);
    const hints = [...response.headers.keys()].filter((name) => name.startsWith("retry-after"));
    expect(hints).toEqual(Object.keys(expected).filter((name) => name.startsWith("retry-after")));
    expect(await response.json()).toEqual({ error: expect.not.objectContaining({ details: expect.anything() }) });
  });

  it("tells a wait as a date, as a reset of Anthropic's, in the body and in words", async () => {
    const fault = { kind: "status", status: 429, retryAfter: 90 } as const;
    simulator.setFaults([{ ...fault, retryAfterForm: "date" }]);
    expect(Date.parse((await openAi()).headers.get("retry-after") ?? "") - Date.now()).toBeGreaterThan(85_000);
    simulator.setFaults([{ ...fault, retryAfterForm: "reset" }]);
    expect(Date.parse((await anthropic()).headers.get("anthropic-ratelimit-requests-reset") ?? "") - Date.now()).toBeGreaterThan(85_000);
    simulator.setFaults([{ ...fault, retryAfterForm: "body" }]);
    expect(await (await google()).json()).toMatchObject({ error: { status: "RESOURCE_EXHAUSTED", details: [{ retryDelay: "90s" }] } });
    simulator.setFaults([{ ...fault, retryAfterForm: "message" }]);
    expect(await (await openAi()).json()).toMatchObject({ error: { code: "rate_limit_exceeded", message: expect.stringContaining("try again in 1m30s") } });
  });

  it("hits listings of models too, unless it counts requests or leaves them out", async () => {
    const probe = async () => (await fetch(`${simulator.baseUrls.openai}/models`, { headers: { authorization: "Bearer k" } })).status;
    const fault = { kind: "status", status: 503, provider: "openai" } as const;
    const statuses: number[] = [];
    for (const more of [{}, { probes: false }, { times: 1 }, { times: 1, probes: true }, { model: "gpt-4o" }]) {
      simulator.setFaults([{ ...fault, ...more }]);
      statuses.push(await probe());
    }
    expect(statuses).toEqual([503, 200, 200, 503, 200]);
  });

  it("hits one deployment only, told by the path or by the key", async () => {
    const at = (prefix: string, body = openAiBody) => post(simulator.baseUrls.openai.replace("/openai/v1", `${prefix}/openai/v1/chat/completions`), body);
    simulator.setFaults([{ kind: "status", status: 500, deployment: "eu" }]);
    expect(await Promise.all(["", "/d/eu", "/d/us"].map(async (prefix) => (await at(prefix)).status))).toEqual([200, 500, 200]);
    simulator.setFaults([{ kind: "status", status: 500, deployment: keyMark("k") }]);
    expect(await Promise.all(["", "/d/eu"].map(async (prefix) => (await at(prefix)).status))).toEqual([500, 200]);
  });

  it("answers a status with the body it is given", async () => {
    simulator.setFaults([{ kind: "status", status: 502, body: "<html>bad gateway</html>" }]);
    const response = await openAi();
    expect(response.status).toBe(502);
    expect(await response.text()).toBe("<html>bad gateway</html>");
    expect(lastRequest()).toMatchObject({ outcome: "fault:status", status: 502 });
  });

  it("hits only what it is narrowed to, as often as it is told, after those it lets pass", async () => {
    simulator.setFaults([{ kind: "status", status: 500, provider: "openai", model: "gpt-4o", after: 1, times: 2 }]);
    const statuses: number[] = [];
    for (let turn = 0; turn < 5; turn++) statuses.push((await openAi()).status);
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
    expect((await openAi({ ...openAiBody, model: "gpt-4o-mini" })).status).toBe(200);
    expect((await anthropic()).status).toBe(200);
    expect(simulator.faults()[0]).toMatchObject({ matched: 5, hits: 2 });
  });

  it("matches the dated variants of a model it names", async () => {
    simulator.setFaults([{ kind: "status", status: 500, model: "gpt-4o" }]);
    expect((await openAi({ ...openAiBody, model: "gpt-4o-2024-08-06" })).status).toBe(500);
  });

  it("draws by probability from the seed, so that a run can be repeated", async () => {
    const run = async () => {
      simulator.setFaults([{ kind: "status", status: 500, probability: 0.5 }]);
      const statuses: number[] = [];
      for (let turn = 0; turn < 20; turn++) statuses.push((await openAi()).status);
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run()).toEqual(first);
  });

  it("delays the first byte", async () => {
    simulator.setFaults([{ kind: "delay", ms: 60 }]);
    const startedAt = performance.now();
    expect((await openAi()).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(58);
    expect(lastRequest()).toMatchObject({ outcome: "fault:delay" });
  });

  it("cuts a whole answer after so many bytes", async () => {
    simulator.setFaults([{ kind: "cut", afterBytes: 10 }]);
    const response = await openAi();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(lastRequest()).toMatchObject({ outcome: "fault:cut", bytesSent: 10 });
  });

  it("cuts a stream after so many bytes of events, which all arrive", async () => {
    simulator.setFaults([{ kind: "cut", afterBytes: 700 }]);
    const response = await openAi({ ...openAiBody, stream: true });
    let received = 0;
    const read = (async () => {
      for await (const bytes of response.body!) received += bytes.length;
    })();
    await expect(read).rejects.toThrow();
    expect(received).toBe(700);
    expect(lastRequest()).toMatchObject({ outcome: "fault:cut", bytesSent: 700, stream: true });
  });

  it("hangs until the client goes away, and notes when that was", async () => {
    simulator.setFaults([{ kind: "hang" }]);
    const abort = new AbortController();
    const pending = openAi(openAiBody, abort.signal);
    await waitUntil(() => simulator.faults()[0]?.hits === 1);
    expect(simulator.stats().active).toBe(1);
    const abortedAt = Date.now();
    abort.abort();
    await expect(pending).rejects.toThrow();
    await waitUntil(() => simulator.stats().active === 0);
    expect(lastRequest()).toMatchObject({ outcome: "aborted_by_client", fault: "hang", bytesSent: 0 });
    expect(Math.abs((lastRequest()?.abortedAt ?? 0) - abortedAt)).toBeLessThan(100);
  });

  it("drips an answer byte by byte without changing it", async () => {
    const expected = await (await openAi({ ...openAiBody, stream: true })).text();
    simulator.setFaults([{ kind: "drip", bytesPerWrite: 100, everyMs: 0 }]);
    const response = await openAi({ ...openAiBody, stream: true });
    let reads = 0;
    let text = "";
    for await (const bytes of response.body!.pipeThrough(new TextDecoderStream())) {
      reads += 1;
      text += bytes;
    }
    const withoutIds = (events: string) => events.replace(/"id":"[^"]*","object":"[^"]*","created":\d+/g, "");
    expect(withoutIds(text)).toBe(withoutIds(expected));
    expect(reads).toBeGreaterThan(5);
  });

  it("sends broken JSON, whole and streamed", async () => {
    simulator.setFaults([{ kind: "malformed" }]);
    const whole = await openAi();
    expect(whole.status).toBe(200);
    await expect(whole.json()).rejects.toThrow();
    const client = new Anthropic({
      apiKey: "k",
      baseURL: simulator.baseUrls.anthropic,
      maxRetries: 0,
      logLevel: "off",
    });
    await expect(client.messages.stream(anthropicBody).finalMessage()).rejects.toThrow();
  });

  it("fails in the middle of a stream in each vendor's own form", async () => {
    simulator.setFaults([{ kind: "stream_error", afterChunks: 2 }]);
    const anthropicText = await (await anthropic({ ...anthropicBody, stream: true })).text();
    expect(anthropicText.match(/event: content_block_delta/g)).toHaveLength(2);
    expect(anthropicText).toMatch(/event: error\ndata: \{"type":"error","error":\{"type":"overloaded_error"/);
    expect(anthropicText).not.toContain("message_stop");
    const openAiText = await (await openAi({ ...openAiBody, stream: true })).text();
    expect(openAiText).toMatch(/data: \{"error":\{[^\n]*\}\}\n\n$/);
    expect(openAiText).not.toContain("[DONE]");
    const googleText = await (await google("streamGenerateContent?alt=sse")).text();
    expect(googleText).toMatch(/data: \{"error":\{"code":503[^\n]*\r\n\r\n$/);
    const array = (await (await google("streamGenerateContent")).json()) as object[];
    expect(array.at(-1)).toMatchObject({ error: { status: "UNAVAILABLE" } });
  });

  it("is seen by the SDKs as a failed stream", async () => {
    simulator.setFaults([{ kind: "stream_error", afterChunks: 1 }]);
    const client = new OpenAI({ apiKey: "k", baseURL: simulator.baseUrls.openai, maxRetries: 0 });
    const chat = (async () => {
      for await (const _ of await client.chat.completions.create({ ...openAiBody, stream: true }));
    })();
    await expect(chat).rejects.toThrow(OpenAI.APIError);
    const response = (async () => {
      for await (const _ of await client.responses.create({ model: "gpt-4o", input: "hello", stream: true }));
    })();
    await expect(response).rejects.toThrow(OpenAI.APIError);
    expect([(await openAi()).status, (await anthropic()).status, (await google()).status]).toEqual([503, 529, 503]);
  });

  it("sends nothing at all when empty", async () => {
    simulator.setFaults([{ kind: "empty" }]);
    expect(await (await openAi()).text()).toBe("");
    const stream = await openAi({ ...openAiBody, stream: true });
    expect(stream.headers.get("content-type")).toContain("text/event-stream");
    expect(await stream.text()).toBe("");
  });

  it("resets the connection before any byte", async () => {
    simulator.setFaults([{ kind: "reset" }]);
    const { hostname, port } = new URL(simulator.baseUrls.openai);
    const request = httpRequest({ hostname, port, path: "/openai/v1/chat/completions", method: "POST" });
    request.end("{}");
    const [error] = await once(request, "error");
    expect(error.code).toBe("ECONNRESET");
    await waitUntil(() => simulator.stats().active === 0);
    expect(lastRequest()).toMatchObject({ outcome: "fault:reset", bytesSent: 0 });
  });

  it("waits for a slow reader instead of buffering the whole answer", async () => {
    simulator.setModel("openai", "gpt-4o", { text: "x".repeat(1_000_000), chunks: 100_000 });
    simulator.setFaults([{ kind: "drip", bytesPerWrite: 262_144, everyMs: 0 }]);
    const response = await openAi({ ...openAiBody, stream: true });
    const sent = () => lastRequest()?.bytesSent ?? 0;
    let before = -1;
    while (sent() !== before) {
      before = sent();
      await setTimeout(50);
    }
    const text = await response.text();
    expect(before).toBeLessThan(text.length / 2);
    expect(sent()).toBe(text.length);
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it("lets the first fault that is due hit and no other", async () => {
    simulator.setFaults([
      { kind: "status", status: 500, times: 1 },
      { kind: "status", status: 503 },
    ]);
    expect([(await openAi()).status, (await openAi()).status]).toEqual([500, 503]);
  });

  it("notices a client that leaves a paced stream, and stops sending", async () => {
    simulator.setModel("openai", "gpt-4o", { outputTokens: 10_000, tokensPerSecond: 1_000 });
    const socket = connect(Number(new URL(simulator.baseUrls.openai).port), "127.0.0.1");
    const body = JSON.stringify({ ...openAiBody, stream: true });
    const head = `host: x\r\nauthorization: Bearer k\r\ncontent-length: ${body.length}`;
    socket.write(`POST /openai/v1/chat/completions HTTP/1.1\r\n${head}\r\n\r\n${body}`);
    await once(socket, "data");
    socket.destroy();
    await waitUntil(() => simulator.stats().active === 0);
    const request = lastRequest();
    expect(request).toMatchObject({ outcome: "aborted_by_client", stream: true, status: 200 });
    expect(request?.abortedAt).toBe(request?.finishedAt);
    expect(request?.bytesSent).toBeLessThan(500_000);
    expect(simulator.stats().byOutcome).toEqual({ aborted_by_client: 1 });
  });
});
