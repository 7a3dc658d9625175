import { spawn } from "node:child_process";
import { once } from "node:events";
import { readConfig } from "./config.ts";
import { createProviderSimulator } from "./service.ts";

const body = { model: "gpt-4o", messages: [{ role: "user", content: "hello" }] };
const ask = async (url: string, value: unknown = body) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const response = await fetch(`${url}/chat/completions`, { method: "POST", body: text, headers: { authorization: "Bearer k" } });
  return { status: response.status, body: await response.json() as any };
};

describe("the provider simulator", () => {
  it("answers alike in every run with the same seed and differently with another", async () => {
    const texts: string[] = [];
    for (const seed of [5, 5, 6]) {
      const simulator = createProviderSimulator({ seed });
      await simulator.listen();
      texts.push((await ask(simulator.baseUrls.openai)).body.choices[0].message.content);
      await simulator.close();
    }
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toBe(texts[2]);
  });

  it("takes the time of the model's profile, divided by the speed", async () => {
    const simulator = createProviderSimulator({ speed: 20 });
    await simulator.listen();
    const startedAt = performance.now();
    const stream = await ask(simulator.baseUrls.openai, { ...body, max_completion_tokens: 8 });
    const elapsed = performance.now() - startedAt;
    await simulator.close();
    expect(stream.status).toBe(200);
    expect(elapsed).toBeGreaterThanOrEqual(450 / 20 + 100 / 20 - 2);
  });

  it("refuses a body beyond its limit with 413, declared or not", async () => {
    const simulator = createProviderSimulator({ maxBodyBytes: 1_000 });
    await simulator.listen();
    const declared = await ask(simulator.baseUrls.openai, " ".repeat(2_000));
    expect(declared).toMatchObject({ status: 413, body: { error: { type: "invalid_request_error" } } });
    const chunks = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (let turn = 0; turn < 20; turn++) controller.enqueue(new Uint8Array(100));
        controller.close();
      },
    });
    const init = { method: "POST", body: chunks, duplex: "half", headers: { "x-api-key": "k", "anthropic-version": "2023-06-01" } };
    const response = await fetch(`${simulator.baseUrls.anthropic}/v1/messages`, init as RequestInit);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { type: "request_too_large" } });
    await simulator.close();
  });

  it("survives bodies that are broken, deep or not UTF-8", async () => {
    const simulator = createProviderSimulator();
    await simulator.listen();
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const tools = `{"model":"gpt-4o","messages":[{"role":"user","content":"x"}],"tools":[${deep}]}`;
    for (const text of ["", "null", "[]", "{\"a\":", deep, tools]) {
      expect((await ask(simulator.baseUrls.openai, text)).status).toBeGreaterThanOrEqual(400);
    }
    const bytes = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    const response = await fetch(`${simulator.baseUrls.openai}/responses`, { method: "POST", body: bytes, headers: { authorization: "Bearer k" } });
    expect(response.status).toBe(400);
    expect((await ask(simulator.baseUrls.openai)).status).toBe(200);
    await simulator.close();
  });

  it("says which port is taken instead of listening", async () => {
    const first = createProviderSimulator();
    const { port } = await first.listen();
    await expect(createProviderSimulator({ port }).listen()).rejects.toMatchObject({ code: "EADDRINUSE" });
    await first.close();
  });

  it("closes sockets that are still busy", async () => {
    const simulator = createProviderSimulator();
    await simulator.listen();
    simulator.setFaults([{ kind: "hang" }]);
    const pending = ask(simulator.baseUrls.openai).catch((error: unknown) => error);
    while (simulator.stats().active === 0) await new Promise(setImmediate);
    await simulator.close();
    expect(await pending).toBeInstanceOf(Error);
  });

  it("runs alone, says where it listens, and ends at SIGTERM", async () => {
    const main = new URL("main.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [main], { env: { FAIRLEAD_SIMULATOR_PORT: "0", FAIRLEAD_SIMULATOR_SPEED: "0" } });
    const [line] = await once(child.stdout, "data");
    const { openai } = JSON.parse(String(line).slice(String(line).indexOf("{")));
    expect((await ask(openai)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});

describe("the configuration", () => {
  it("has defaults for everything", () => {
    expect(readConfig({})).toEqual({ host: "127.0.0.1", port: 8090, seed: 1, speed: 1 });
  });

  it.each([["FAIRLEAD_SIMULATOR_PORT", "70000"], ["FAIRLEAD_SIMULATOR_SPEED", "fast"], ["FAIRLEAD_SIMULATOR_SEED", "-1"]])(
    "names %s when its value is bad",
    (key, value) => expect(() => readConfig({ [key]: value })).toThrow(key),
  );
});
