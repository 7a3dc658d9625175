import { describeAdapter } from "@fairlead/adapter-kit/testing/adapter-contract";
import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { startSimulated } from "@fairlead/provider-simulator/testing/start-simulated";
import { readConfig } from "@fairlead/runtime/config";
import { openaiConfig } from "./config.ts";
import { createAdapterOpenai } from "./service.ts";

const config = (baseUrl: string) => ({ ...testConfig(baseUrl), organization: "", project: "" });

const start = () => startSimulated("openai");

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
