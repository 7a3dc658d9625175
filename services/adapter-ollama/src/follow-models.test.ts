import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { type FixtureServer, type ReceivedRequest, serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import type { Adapter } from "@fairlead/adapter-kit/create-adapter-service";
import { createProviderSimulator } from "@fairlead/provider-simulator";
import type { OllamaConfig } from "./config.ts";
import { createAdapterOllama } from "./service.ts";

interface Served {
  readonly digest?: string;
  readonly capabilities?: readonly string[];
  readonly context?: number;
  readonly parameters?: string;
  readonly remote?: string;
}

/** A server that has the given models, whatever is asked. */
function having(models: Readonly<Record<string, Served>>) {
  return ({ path, body }: ReceivedRequest) => {
    if (path === "/api/tags") {
      const listed = Object.entries(models).map(([name, { digest = name, remote }]) => ({ name, model: name, digest, ...(remote === undefined ? {} : { remote_host: remote }) }));
      return { body: JSON.stringify({ models: listed }) };
    }
    const { capabilities = ["completion", "tools"], context = 32_768, parameters = "" } = models[JSON.parse(body || "{}").model] ?? {};
    const details = { parameter_size: "8.0B" };
    return { body: JSON.stringify({ capabilities, parameters, details, model_info: { "general.architecture": "llama", "llama.context_length": context } }) };
  };
}

async function until(condition: () => boolean): Promise<void> {
  for (const giveUpAt = performance.now() + 5_000; !condition(); await sleep(2)) if (performance.now() > giveUpAt) throw new Error("It did not come to be.");
}

const names = (adapter: Adapter) => adapter.description.models.map(({ model }) => model);
const open: Adapter[] = [];

async function follow(baseUrl: string, more: Partial<OllamaConfig> = {}): Promise<Adapter> {
  const adapter = createAdapterOllama({ ...testConfig(baseUrl), pollSeconds: 0.02, ...more }, testDependencies());
  open.push(adapter);
  await until(() => adapter.ready());
  return adapter;
}

afterEach(async () => {
  for (const adapter of open.splice(0)) await adapter.close();
});

const asked = (server: FixtureServer, path: string) => server.requests.filter((request) => request.path === path).length;

describe("the models of an Ollama server", () => {
  it("are those that it has, with what it shows of them", async () => {
    const models = { "llama3.2:latest": { context: 131_072 }, "custom:7b": { capabilities: ["completion", "vision", "thinking"] }, "embed:latest": { capabilities: ["embedding"], context: 512 }, "rank:latest": { capabilities: ["rerank"] } };
    await using server = await serveFixtures(having(models));
    const adapter = await follow(server.url);
    expect(adapter.description.models.map(({ model, aliases, kind, contextWindowTokens, strengths }) => [model, aliases, kind, contextWindowTokens, strengths["overall"]])).toEqual([
      ["llama3.2", ["llama3.2:latest"], 1, 131_072, 0.45],
      ["custom:7b", [], 1, 32_768, 0.53],
      ["embed", ["embed:latest"], 2, 512, 0.53],
    ]);
    expect(adapter.description.models[1]).toMatchObject({ capabilities: { tools: false, vision: true, reasoning: true, streaming: true, structuredOutput: true }, prices: [{ input: 0n, output: 0n }] });
  });

  it("are followed, and shown again only where they changed", async () => {
    await using server = await serveFixtures(having({ a: {} }));
    const adapter = await follow(server.url);
    server.play(having({ a: {}, b: {} }));
    await until(() => names(adapter).length === 2);
    server.play(having({ b: { digest: "new", context: 4_096 } }));
    await until(() => adapter.description.models[0]?.contextWindowTokens === 4_096);
    expect(names(adapter)).toEqual(["b"]);
    expect(asked(server, "/api/show")).toBe(3);
  });

  it("stay while the server does not answer, and come once it does", async () => {
    await using server = await serveFixtures({ status: 500, body: "{}" });
    const adapter = await follow(server.url);
    expect(names(adapter)).toEqual([]);
    server.play(having({ a: {} }));
    await until(() => names(adapter).length === 1);
    const before = asked(server, "/api/tags");
    server.play({ status: 503, body: "{}" });
    await until(() => asked(server, "/api/tags") > before + 2);
    expect(names(adapter)).toEqual(["a"]);
  });

  it("are offered without one that the server cannot show", async () => {
    const models = having({ a: {}, broken: {}, c: {} });
    await using server = await serveFixtures((request) => (request.body.includes("broken") ? { status: 500, body: "{\"error\":\"corrupt\"}" } : models(request)));
    expect(names(await follow(server.url))).toEqual(["a", "c"]);
  });

  it("have no price where another server runs them", async () => {
    await using server = await serveFixtures(having({ "gpt-oss:120b": {}, "gpt-oss:120b-cloud": { remote: "https://ollama.com:443" } }));
    const adapter = await follow(server.url);
    expect(adapter.description.models.map(({ model, prices }) => [model, prices.length])).toEqual([["gpt-oss:120b", 1], ["gpt-oss:120b-cloud", 0]]);
  });

  it("are changed by the operator's file, which may speak of models that are not there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ollama-"));
    try {
      const changes = [{ model: "a", context_window_tokens: 8_192, strengths: { overall: 0.9 } }, { model: "b", remove: true }, { model: "absent", strengths: { overall: 0.1 } }];
      writeFileSync(join(folder, "models.yaml"), JSON.stringify({ models: changes }));
      await using server = await serveFixtures(having({ "a:latest": {}, "b:latest": {}, c: {} }));
      const adapter = await follow(server.url, { modelsFile: join(folder, "models.yaml") });
      expect(adapter.description.models.map(({ model, contextWindowTokens, strengths }) => [model, contextWindowTokens, strengths["overall"]])).toEqual([
        ["a", 8_192, 0.9],
        ["c", 32_768, 0.53],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are offered at the servers that have them", async () => {
    await using first = await serveFixtures(having({ a: {}, b: {} }));
    await using second = await serveFixtures(having({ b: {}, c: {} }));
    const place = { region: "", weight: 1 };
    const deployments = [{ ...place, name: "one", baseUrl: first.url }, { ...place, name: "two", baseUrl: second.url, models: ["b"] }].map((one) => ({ ...one, apiKey: undefined }));
    const adapter = await follow("http://127.0.0.1:9", { deployments });
    expect(adapter.description.models.map(({ model, deployments: places }) => [model, places.map(({ deployment }) => deployment)])).toEqual([
      ["a", ["one"]],
      ["b", ["one", "two"]],
    ]);
  });

  it("are read from a simulator in the same way, and answer", async () => {
    const simulator = createProviderSimulator();
    await simulator.listen();
    try {
      const adapter = await follow(simulator.baseUrls["ollama"] ?? "");
      expect(names(adapter)).toEqual(expect.arrayContaining(["llama3.1", "qwen3:32b", "nomic-embed-text"]));
      const { chat } = await adapterClient(adapter).chat({ chat: { model: "gpt-oss:20b", messages: [{ role: 3, parts: [{ content: { case: "text", value: { text: "hi" } } }] }], reasoning: { effort: 3 } } });
      expect(chat?.choices[0]?.parts.map(({ content }) => content.case)).toEqual(["reasoning", "text"]);
    } finally {
      await simulator.close();
    }
  });

  it("keep the context that their maker gave them where it is enough", async () => {
    await using server = await serveFixtures(having({ a: { parameters: "stop \"x\"\nnum_ctx                        16384\n" } }));
    const adapter = await follow(server.url);
    server.play(({ path, body }) => (path === "/api/chat" ? { body: JSON.stringify({ model: "a", message: { content: "a" }, done: true }) } : having({ a: {} })({ path, body } as ReceivedRequest)));
    const ask = (words: string) => adapterClient(adapter).chat({ chat: { model: "a", messages: [{ role: 3, parts: [{ content: { case: "text", value: { text: words } } }] }] } });
    await ask("hi");
    await ask("word ".repeat(20_000));
    const options = server.requests.filter(({ path }) => path === "/api/chat").map(({ body }) => JSON.parse(body).options);
    expect(options).toEqual([{}, { num_ctx: 32_768 }]);
  });
});
