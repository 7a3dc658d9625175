import { describeAdapter } from "@fairlead/adapter-kit/testing/adapter-contract";
import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { createProviderSimulator } from "@fairlead/provider-simulator";
import { readConfig } from "@fairlead/runtime/config";
import { anthropicConfig } from "./config.ts";
import { createAdapterAnthropic } from "./service.ts";

const config = (baseUrl: string) => (testConfig(baseUrl));

async function start() {
  const simulator = createProviderSimulator();
  await simulator.listen();
  return {
    baseUrl: simulator.baseUrls.anthropic,
    setFaults: (faults: readonly { readonly kind: string }[]) => simulator.setFaults(faults as never),
    clearFaults: () => simulator.clearFaults(),
    stats: () => simulator.stats(),
    requests: () => simulator.requests(),
    setModel: (provider: string, model: string, settings: Record<string, never>) => simulator.setModel(provider, model, settings),
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

describeAdapter("the adapter of anthropic", {
  model: "claude-haiku-4-5",
  start,
  create: (baseUrl, deployments = []) => createAdapterAnthropic({ ...config(baseUrl), deployments }, testDependencies()),
});

describe("the adapter of anthropic", () => {
  it("says that it makes no vectors", async () => {
    const adapter = createAdapterAnthropic(config("http://127.0.0.1:1"), testDependencies());
    const embedding = adapterClient(adapter).embed({ input: { model: "m", texts: ["a"] } });
    await expect(embedding).rejects.toMatchObject({ code: ErrorCode.UNIMPLEMENTED });
    await adapter.close();
  });

  it("does not start without a key, and names the variable", () => {
    expect(() => readConfig(anthropicConfig, {})).toThrow("ANTHROPIC_API_KEY");
    expect(readConfig(anthropicConfig, { ANTHROPIC_API_KEY: "k" })).toMatchObject({ apiKey: "k", simulated: false, propagateTrace: false });
  });

  it("takes no key that could break out of its header", () => {
    expect(() => readConfig(anthropicConfig, { ANTHROPIC_API_KEY: "k\r\nx: y" })).toThrow("ANTHROPIC_API_KEY");
  });
});
