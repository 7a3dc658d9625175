import { spawn } from "node:child_process";
import { once } from "node:events";
import { readConfig } from "./config.ts";
import { createProviderSimulator } from "./service.ts";
import { waitUntil } from "./testing/wait-until.ts";
import { withSimulator } from "./testing/with-simulator.ts";

const body = { model: "gpt-4o", messages: [{ role: "user", content: "hello" }] };
const ask = async (url: string, value: unknown = body) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const response = await fetch(`${url}/chat/completions`, {
    method: "POST",
    body: text,
    headers: { authorization: "Bearer k" },
  });
  return { status: response.status, body: (await response.json()) as any };
};

describe("the provider simulator", () => {
  it("answers alike in every run with the same seed and differently with another", async () => {
    const textOf = (seed: number) =>
      withSimulator({ seed }, async ({ baseUrls }) => {
        return (await ask(baseUrls.openai)).body.choices[0].message.content;
      });
    expect(await textOf(5)).toBe(await textOf(5));
    expect(await textOf(5)).not.toBe(await textOf(6));
  });

  it("takes the time of the model's profile, divided by the speed", () =>
    withSimulator({ speed: 20 }, async ({ baseUrls }) => {
      const startedAt = performance.now();
      expect((await ask(baseUrls.openai, { ...body, max_completion_tokens: 8 })).status).toBe(200);
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(450 / 20 + 100 / 20 - 2);
    }));

  it("streams its first token after the latency and the others at the rate that is set", () =>
    withSimulator({}, async (simulator) => {
      simulator.setModel("openai", "gpt-4o", { firstTokenMs: 40, tokensPerSecond: 500, outputTokens: 40 });
      const startedAt = performance.now();
      const response = await fetch(`${simulator.baseUrls.openai}/chat/completions`, {
        method: "POST",
        body: JSON.stringify({ ...body, stream: true }),
        headers: { authorization: "Bearer k" },
      });
      const arrivals: number[] = [];
      for await (const _ of response.body!) arrivals.push(performance.now() - startedAt);
      expect(arrivals[0]).toBeGreaterThanOrEqual(38);
      expect(arrivals.at(-1)).toBeGreaterThanOrEqual(38 + 80);
      expect(arrivals.length).toBeGreaterThan(10);
    }));

  it("refuses a body beyond its limit with 413, declared or not", () =>
    withSimulator({ maxBodyBytes: 1_000 }, async ({ baseUrls }) => {
      const declared = await ask(baseUrls.openai, " ".repeat(2_000));
      expect(declared).toMatchObject({ status: 413, body: { error: { type: "invalid_request_error" } } });
      const chunks = new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (let turn = 0; turn < 20; turn++) controller.enqueue(new Uint8Array(100));
          controller.close();
        },
      });
      const init = {
        method: "POST",
        body: chunks,
        duplex: "half",
        headers: { "x-api-key": "k", "anthropic-version": "2023-06-01" },
      };
      const response = await fetch(`${baseUrls.anthropic}/v1/messages`, init as RequestInit);
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ error: { type: "request_too_large" } });
    }));

  it("survives bodies that are broken, deep or not UTF-8", () =>
    withSimulator({}, async ({ baseUrls }) => {
      const deep = "[".repeat(200_000) + "]".repeat(200_000);
      for (const text of ["", "null", "[]", '{"a":', deep, `{"model":"gpt-4o","messages":${deep}}`]) {
        expect((await ask(baseUrls.openai, text)).status).toBe(400);
      }
      const bytes = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
      const response = await fetch(`${baseUrls.openai}/responses`, {
        method: "POST",
        body: bytes,
        headers: { authorization: "Bearer k" },
      });
      expect(response.status).toBe(400);
      expect((await ask(baseUrls.openai)).status).toBe(200);
    }));

  it("rejects when its port is taken", () =>
    withSimulator({}, async ({ baseUrls }) => {
      const port = Number(new URL(baseUrls.openai).port);
      await expect(createProviderSimulator({ port }).listen()).rejects.toMatchObject({ code: "EADDRINUSE" });
    }));

  it("closes sockets that are still busy", async () => {
    const pending = await withSimulator({}, async (simulator) => {
      simulator.setFaults([{ kind: "hang" }]);
      const outcome = ask(simulator.baseUrls.openai).then(
        () => "answered",
        () => "closed",
      );
      await waitUntil(() => simulator.stats().active === 1);
      return { outcome };
    });
    expect(await pending.outcome).toBe("closed");
  });

  it("runs alone, says where it listens, and ends at SIGTERM", async () => {
    const main = new URL("main.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [main], {
      env: { FAIRLEAD_SIMULATOR_PORT: "0", FAIRLEAD_SIMULATOR_SPEED: "0" },
    });
    try {
      const [line] = await once(child.stdout, "data");
      const { openai } = JSON.parse(String(line).slice(String(line).indexOf("{")));
      expect((await ask(openai)).status).toBe(200);
      child.kill("SIGTERM");
      expect(await once(child, "exit")).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
    }
  });
});

describe("the configuration", () => {
  it("has defaults for everything", () => {
    expect(readConfig({})).toEqual({ host: "127.0.0.1", port: 8090, seed: 1, speed: 1 });
  });

  it.each([
    ["FAIRLEAD_SIMULATOR_PORT", "70000"],
    ["FAIRLEAD_SIMULATOR_SPEED", "fast"],
    ["FAIRLEAD_SIMULATOR_SEED", "-1"],
  ])("names %s when its value is bad", (key, value) => expect(() => readConfig({ [key]: value })).toThrow(key));
});
