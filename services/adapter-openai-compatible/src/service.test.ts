import type { DeploymentConfig } from "@fairlead/adapter-kit/deployment-config";
import { describeAdapter } from "@fairlead/adapter-kit/testing/adapter-contract";
import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { startSimulated } from "@fairlead/provider-simulator/testing/start-simulated";
import { findServers } from "./find-servers.ts";
import { createAdapterOpenaiCompatible } from "./service.ts";

/** Names of the deployments of Azure in the tests; its simulator knows the models by their own names. */
const AZURE = { "gpt-4o": "gpt-4o", "gpt-4o-mini": "gpt-4o-mini" };

function create(provider: string, baseUrl: string, deployments: DeploymentConfig[] = [], apiVersion = "") {
  const server = findServers({}).find((one) => one.provider === provider);
  if (server === undefined) throw new Error(`there is no provider ${provider}`);
  const config = { ...testConfig(baseUrl), deployments, modelNames: server.namedModels ? AZURE : {}, apiVersion };
  return createAdapterOpenaiCompatible(server, config, testDependencies());
}

describe.each([
  ["mistral", "mistral-small-2603"],
  ["deepseek", "deepseek-flash"],
  ["xai", "grok-4.3"],
  ["azure", "gpt-4o-mini"],
])("%s", (provider, model) => {
  describeAdapter(`the adapter of ${provider}`, {
    model,
    start: () => startSimulated(provider),
    create: (baseUrl, deployments) => create(provider, baseUrl, deployments),
  });
});

describe("the adapter of a server that is compatible with OpenAI", () => {
  it("makes one vector a text", async () => {
    await using provider = await startSimulated("mistral");
    const adapter = create("mistral", provider.baseUrl);
    const { output } = await adapterClient(adapter).embed({ input: { model: "mistral-embed", texts: ["a", "b"] } });
    expect(output?.embeddings.map((embedding) => embedding.values.length)).toEqual([1024, 1024]);
    await adapter.close();
  });

  it("tells of tokens of the cache as its server counts them", async () => {
    await using provider = await startSimulated("deepseek");
    const adapter = create("deepseek", provider.baseUrl);
    const client = adapterClient(adapter);
    const value = { kind: { case: "stringValue" as const, value: "k" } };
    const parts = [{ content: { case: "text" as const, value: { text: "word ".repeat(2_000) } } }];
    const chat = {
      model: "deepseek-flash",
      messages: [{ role: 3, parts }],
      unknownFields: [{ dialect: "openai.chat", name: "prompt_cache_key", value }],
    };
    const first = await client.chat({ chat });
    const second = await client.chat({ chat });
    expect(first.chat?.usage?.cacheReadTokens).toBe(0);
    expect(second.chat?.usage?.cacheReadTokens).toBe(2432);
    expect(second.chat?.usage?.inputTokens).toBe((first.chat?.usage?.inputTokens ?? 0) - 2432);
    await adapter.close();
  });
});
