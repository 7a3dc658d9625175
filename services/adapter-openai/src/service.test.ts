import { describeAdapter } from "@fairlead/adapter-kit/testing/adapter-contract";
import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { createProviderSimulator } from "@fairlead/provider-simulator";
import { readConfig } from "@fairlead/runtime/config";
import { openaiConfig } from "./config.ts";
import { createAdapterOpenai } from "./service.ts";

const config = (baseUrl: string) => ({ ...testConfig(baseUrl), organization: "", project: "" });

async function start() {
  const simulator = createProviderSimulator();
  await simulator.listen();
  return {
    baseUrl: simulator.baseUrls.openai,
    setFaults: (faults: readonly { readonly kind: string }[]) => simulator.setFaults(faults as never),
    clearFaults: () => simulator.clearFaults(),
    stats: () => simulator.stats(),
    requests: () => simulator.requests(),
    setModel: (provider: string, model: string, settings: Record<string, never>) => simulator.setModel(provider, model, settings),
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

describeAdapter("the adapter of openai", {
  model: "gpt-4o",
  start,
  create: (baseUrl, deployments = []) => createAdapterOpenai({ ...config(baseUrl), deployments }, testDependencies()),
});

describe("the adapter of openai", () => {
  it("makes one vector a text", async () => {
    await using provider = await start();
    const adapter = createAdapterOpenai(config(provider.baseUrl), testDependencies());
    const { output } = await adapterClient(adapter).embed({ input: { model: "text-embedding-3-small", texts: ["a", "b", "c"] } });
    expect(output?.embeddings.map((embedding) => embedding.values.length)).toEqual([1536, 1536, 1536]);
    expect(output?.usage?.inputTokens).toBeGreaterThan(0);
    await adapter.close();
  });

  it("does not start without a key, and names the variable", () => {
    expect(() => readConfig(openaiConfig, {})).toThrow("OPENAI_API_KEY");
    expect(readConfig(openaiConfig, { OPENAI_API_KEY: "k" })).toMatchObject({ apiKey: "k", simulated: false, propagateTrace: false });
  });

  it("takes no key that could break out of its header", () => {
    expect(() => readConfig(openaiConfig, { OPENAI_API_KEY: "k\r\nx: y" })).toThrow("OPENAI_API_KEY");
  });
});
