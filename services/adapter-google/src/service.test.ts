import { describeAdapter } from "@fairlead/adapter-kit/testing/adapter-contract";
import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { createProviderSimulator } from "@fairlead/provider-simulator";
import { readConfig } from "@fairlead/runtime/config";
import { googleConfig } from "./config.ts";
import { createAdapterGoogle } from "./service.ts";

const config = (baseUrl: string) => (testConfig(baseUrl));

async function start() {
  const simulator = createProviderSimulator();
  await simulator.listen();
  return {
    baseUrl: simulator.baseUrls.google,
    setFaults: (faults: readonly { readonly kind: string }[]) => simulator.setFaults(faults as never),
    clearFaults: () => simulator.clearFaults(),
    stats: () => simulator.stats(),
    requests: () => simulator.requests(),
    setModel: (provider: string, model: string, settings: Record<string, never>) => simulator.setModel(provider, model, settings),
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

describeAdapter("the adapter of google", {
  model: "gemini-2.5-flash",
  start,
  create: (baseUrl, deployments = []) => createAdapterGoogle({ ...config(baseUrl), deployments }, testDependencies()),
});

describe("the adapter of google", () => {
  it("makes one vector a text", async () => {
    await using provider = await start();
    const adapter = createAdapterGoogle(config(provider.baseUrl), testDependencies());
    const { output } = await adapterClient(adapter).embed({ input: { model: "gemini-embedding-001", texts: ["a", "b", "c"] } });
    expect(output?.embeddings.map((embedding) => embedding.values.length)).toEqual([3072, 3072, 3072]);
    expect(output?.usage?.inputTokens).toBeGreaterThan(0);
    await adapter.close();
  });

  it("does not start without a key, and names the variable", () => {
    expect(() => readConfig(googleConfig, {})).toThrow("GEMINI_API_KEY");
    expect(readConfig(googleConfig, { GEMINI_API_KEY: "k" })).toMatchObject({ apiKey: "k", simulated: false, propagateTrace: false });
  });

  it("takes no key that could break out of its header", () => {
    expect(() => readConfig(googleConfig, { GEMINI_API_KEY: "k\r\nx: y" })).toThrow("GEMINI_API_KEY");
  });
});
