import { connect } from "node:net";
import { create } from "@bufbuild/protobuf";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { ListModelsResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { failure } from "@fairlead/rpc/fairlead-error";
import { createLogger, createMetrics, createTools } from "@fairlead/runtime/service-tools";
import { readConfig } from "@fairlead/runtime/config";
import { gatewayConfig } from "./config.ts";
import type { NativeServices } from "./edges/native.ts";
import { createGateway, type Gateway } from "./service.ts";

describe("the edge", () => {
  let gateway: Gateway;
  let url: string;
  let generate: () => Promise<never>;

  beforeEach(async () => {
    generate = () => Promise.reject(failure(ErrorCode.RATE_LIMITED, "Slow down.", { retryAfterMs: 1_200, provider: "openai" }));
    const router = { listModels: async () => create(ListModelsResponseSchema), generate: () => generate() };
    const config = readConfig(gatewayConfig, { FAIRLEAD_HTTP_PORT: "0", FAIRLEAD_MAX_BODY_BYTES: "2048", FAIRLEAD_RECEIVE_MS: "500" });
    const tools = createTools("gateway", createLogger("silent"), createMetrics());
    gateway = await createGateway(config, { tools, services: { router } as unknown as NativeServices, ready: () => true, drainMs: 1_000 });
    url = `http://127.0.0.1:${gateway.httpPort}`;
  });

  afterEach(() => gateway.close());

  /** Sends bytes as they are and resolves to the first line of the answer. */
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(gateway.httpPort, "127.0.0.1", () => socket.write(text));
      let answer = "";
      socket.on("data", (chunk) => (answer += chunk.toString()));
      socket.on("close", () => resolve(answer.split("\r\n")[0] ?? ""));
      socket.on("error", reject);
      socket.setTimeout(5_000, () => socket.destroy());
    });
  const ask = (path: string, body: unknown) =>
    fetch(url + path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  const message = { role: "user", content: "Hi." };

  it("tells a failure in each dialect's own form, with the wait in a header", async () => {
    const openAi = await ask("/v1/chat/completions", { model: "auto", messages: [message] });
    expect(openAi.status).toBe(429);
    expect(openAi.headers.get("retry-after")).toBe("2");
    expect(await openAi.json()).toMatchObject({ error: { fairlead: { code: "rate_limited", retryable: true } } });
    const anthropic = await ask("/v1/messages", { model: "auto", max_tokens: 5, messages: [message] });
    expect(await anthropic.json()).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
    const native = await ask("/api/v1/generate", { chat: { model: "auto", messages: [{ role: "ROLE_USER" }] } });
    expect(await native.json()).toMatchObject({ error: { code: "ERROR_CODE_RATE_LIMITED", retryAfter: "1.200s" } });
  });

  it("keeps the text of a defect to itself", async () => {
    generate = () => Promise.reject(new Error("secret"));
    const answer = await ask("/v1/chat/completions", { model: "auto", messages: [message] });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("secret");
  });

  it.each([
    ["slashes", "//"],
    ["a lone percent sign", "/%"],
    ["a broken escape", "/v1/models/%zz"],
    ["a broken query", "/?%"],
    ["a star", "*"],
    ["a whole address", "http://elsewhere/v1/nothing"],
    ["a long path", `/${"a".repeat(8_000)}`],
  ])(
    "answers a strange target: %s",
    async (_, target) => {
      expect(await raw(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 4\d\d /);
    },
  );

  it("refuses a body that is too large, compressed or not UTF-8, and goes on", async () => {
    expect((await ask("/v1/chat/completions", { model: "auto", messages: [{ role: "user", content: "x".repeat(4_000) }] })).status).toBe(413);
    const packed = await fetch(`${url}/v1/chat/completions`, { method: "POST", body: "x", headers: { "content-encoding": "gzip" } });
    expect(packed.status).toBe(400);
    const bytes = await fetch(`${url}/v1/chat/completions`, { method: "POST", body: new Uint8Array([0x22, 0xff, 0x22]) });
    expect(await bytes.text()).toContain("UTF-8");
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it("does not wait for a body that does not come", async () => {
    const answer = await raw("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
    expect(answer).toBe("HTTP/1.1 408 Request Timeout");
  });
});
