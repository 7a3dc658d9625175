import type { AdapterProgram } from "@fairlead/adapter-kit/adapter-program";
import { defineConfig, readConfig } from "@fairlead/runtime/config";
import { z } from "zod";
import { chooseAdapters } from "./choose-adapters.ts";
import { embeddedConfig } from "./config.ts";
import type { FoundAdapter } from "./find-adapters.ts";

/** An adapter that is told by its variables alone. */
function adapter(provider: string, more: Partial<AdapterProgram> = {}): FoundAdapter {
  const prefix = provider.toUpperCase();
  const config = defineConfig({
    section: `adapter-${provider}`,
    schema: z.object({
      apiKey: z.string(),
      apiKeyFile: z.string(),
      baseUrl: z.string(),
      deployments: z.string(),
      simulated: z.string(),
    }),
    environment: {
      [`${prefix}_API_KEY`]: "apiKey",
      [`${prefix}_API_KEY_FILE`]: "apiKeyFile",
      [`${prefix}_BASE_URL`]: "baseUrl",
      [`${prefix}_DEPLOYMENTS`]: "deployments",
      [`${prefix}_SIMULATED`]: "simulated",
    },
  });
  const create = () => {
    throw new Error("not made");
  };
  return { service: `adapter-${provider}`, program: { provider, config, create, ...more } };
}

const FOUND = [
  adapter("openai"),
  adapter("google"),
  adapter("ollama", { enabledBy: "baseUrl" }),
  adapter("xai", { demonstrated: false }),
  adapter("other"),
];
const simulators = new Set(["openai", "google", "ollama", "xai"]);

function choose(environment: Record<string, string>, wanted: string[] = []) {
  const { chosen, leftOut } = chooseAdapters(FOUND, environment, { wanted, simulators });
  const named = (simulated: boolean) =>
    chosen.filter((one) => one.simulated === simulated).map(({ program }) => program.provider);
  return {
    real: named(false),
    simulated: named(true),
    leftOut: leftOut.map(({ provider, setting }) => `${provider} ${setting}`),
  };
}

describe("the adapters that are started", () => {
  it("are all simulated where no provider has a key, save those that are no part of a demonstration or that nobody simulates", () => {
    expect(choose({})).toEqual({
      real: [],
      simulated: ["openai", "google", "ollama"],
      leftOut: ["xai XAI_API_KEY", "other OTHER_API_KEY"],
    });
  });

  it.each([
    ["a key", { OPENAI_API_KEY: "k" }],
    ["a file of keys", { OPENAI_API_KEY_FILE: "/run/keys" }],
    ["a key at a deployment", { OPENAI_DEPLOYMENTS: '[{ "name": "eu", "apiKeyEnv": "EU_KEY" }]', EU_KEY: "k" }],
  ])("are none that is simulated once one provider has %s", (_what, environment) => {
    expect(choose(environment)).toEqual({
      real: ["openai"],
      simulated: [],
      leftOut: ["google GOOGLE_API_KEY", "ollama OLLAMA_BASE_URL", "xai XAI_API_KEY", "other OTHER_API_KEY"],
    });
  });

  it("are simulated where a deployment's key is not there", () => {
    expect(choose({ OPENAI_DEPLOYMENTS: '[{ "name": "eu", "apiKeyEnv": "EU_KEY" }]' }).simulated).toContain("openai");
  });

  it("are real without a key where the address is what counts", () => {
    expect(choose({ OLLAMA_BASE_URL: "http://127.0.0.1:11434" })).toMatchObject({ real: ["ollama"], simulated: [] });
  });

  it("are simulated beside real ones where that is asked for", () => {
    expect(choose({ OPENAI_API_KEY: "k", GOOGLE_SIMULATED: "true" })).toMatchObject({
      real: ["openai"],
      simulated: ["google"],
    });
    expect(choose({ OPENAI_API_KEY: "k", OPENAI_SIMULATED: "true" })).toMatchObject({
      real: ["openai"],
      simulated: ["google", "ollama"],
    });
  });

  it("are those that are named, and a simulated one never takes the place of a real one that is not named", () => {
    expect(choose({}, ["google", "xai"])).toEqual({ real: [], simulated: ["google", "xai"], leftOut: [] });
    expect(choose({ OPENAI_API_KEY: "k", GOOGLE_API_KEY: "k" }, ["google"])).toEqual({
      real: ["google"],
      simulated: [],
      leftOut: [],
    });
    expect(() => choose({ OPENAI_API_KEY: "k" }, ["google"])).toThrow(
      "embedded.providers (FAIRLEAD_PROVIDERS): no provider can be started; set GOOGLE_API_KEY",
    );
  });

  it("are not started where one is named that is not known", () => {
    expect(() => choose({}, ["google", "magic"])).toThrow(
      "embedded.providers (FAIRLEAD_PROVIDERS): there is no provider magic; known are openai, google, ollama, xai, other",
    );
  });

  it("are named in a list or in text", () => {
    expect(readConfig(embeddedConfig, { FAIRLEAD_PROVIDERS: " openai, google," }).providers).toEqual([
      "openai",
      "google",
    ]);
    expect(readConfig(embeddedConfig, {}).providers).toEqual([]);
  });
});
