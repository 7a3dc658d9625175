import { type AdapterProgram, enablingName, standingOf } from "@fairlead/adapter-kit/adapter-program";
import { readCatalogue } from "@fairlead/adapter-kit/model-catalogue";
import { servedModelTraits } from "@fairlead/openai-wire/model-body";
import { readConfig } from "@fairlead/runtime/config";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverConfig } from "./config.ts";
import { findServers } from "./find-servers.ts";
import { presetNames, readPreset } from "./presets.ts";
import { selectAdapter } from "./select-adapter.ts";
import { adapters } from "./service.ts";
import { openProvider } from "./testing/open-provider.ts";

const configured = (...providers: object[]) => ({ OPENAI_COMPATIBLE_PROVIDERS: JSON.stringify(providers) });
const enabled = (environment: Record<string, string>) =>
  adapters(environment)
    .filter((one) => standingOf(one, environment).enabled)
    .map(({ provider }) => provider);
const settings = (provider: string, environment: Record<string, string>) => {
  const server = findServers(environment).find((one) => one.provider === provider);
  return server === undefined ? undefined : readConfig(serverConfig(server, environment), environment);
};

describe("the servers that are configured", () => {
  it("are none without a key", () => {
    expect(enabled({})).toEqual([]);
    expect(
      adapters({})
        .filter(({ demonstrated }) => demonstrated)
        .map(({ provider }) => provider),
    ).toEqual(["deepseek", "mistral"]);
  });

  it.each([
    ["mistral", { MISTRAL_API_KEY: "k" }],
    ["deepseek", { DEEPSEEK_API_KEY: "k" }],
    ["xai", { XAI_API_KEY: "k" }],
    ["openrouter", { OPENROUTER_API_KEY: "k" }],
    ["perplexity", { PERPLEXITY_API_KEY: "k" }],
    ["together", { TOGETHER_API_KEY: "k" }],
    ["cerebras", { CEREBRAS_API_KEY_FILE: "/run/keys" }],
    ["zai", { ZAI_API_KEY: "k" }],
    ["huggingface", { HF_TOKEN: "k" }],
    ["vllm", { VLLM_BASE_URL: "http://127.0.0.1:8000/v1" }],
    [
      "azure",
      {
        AZURE_OPENAI_ENDPOINT: "https://x.openai.azure.com",
        AZURE_OPENAI_API_KEY: "k",
        AZURE_OPENAI_MODEL_NAMES: "gpt-4o=prod",
      },
    ],
  ])("hold %s once what it needs is set", (provider, environment) => {
    expect(enabled(environment as Record<string, string>)).toEqual([provider]);
    expect(settings(provider, environment as Record<string, string>)).toMatchObject({ simulated: false });
  });

  it("hold no server whose address nobody told", () => {
    expect(enabled({ AZURE_OPENAI_API_KEY: "k", AZURE_OPENAI_MODEL_NAMES: "gpt-4o=prod" })).toEqual([]);
    expect(adapters({}).map(({ provider }) => provider)).not.toContain("vllm");
  });

  it("can be several of one preset, each with a key of its own", () => {
    const environment = {
      ...configured({ provider: "mistral-eu", preset: "mistral", baseUrl: "https://eu.example.com/v1" }),
      MISTRAL_API_KEY: "k",
    };
    expect(enabled(environment)).toEqual(["mistral"]);
    expect(enabled({ ...environment, MISTRAL_EU_API_KEY: "k" })).toEqual(["mistral-eu", "mistral"]);
    expect(settings("mistral-eu", { ...environment, MISTRAL_EU_API_KEY: "k" })).toMatchObject({
      apiKey: "k",
      baseUrl: "https://eu.example.com/v1",
    });
  });

  it("have keys at their deployments, or in a file", () => {
    const deployed = configured({
      provider: "a",
      baseUrl: "http://127.0.0.1:9",
      deployments: [{ name: "eu", apiKeyEnv: "EU_KEY" }],
    });
    expect([enabled(deployed), enabled({ ...deployed, EU_KEY: "k" })]).toEqual([[], ["a"]]);
    expect(enabled(configured({ provider: "a", baseUrl: "http://127.0.0.1:9", apiKeyFile: "/run/keys" }))).toEqual([
      "a",
    ]);
  });

  it("are told by YAML, under what the environment says", () => {
    const folder = mkdtempSync(join(tmpdir(), "fairlead-compatible-"));
    const file = join(folder, "config.yaml");
    writeFileSync(
      file,
      "adapterOpenaiCompatible:\n  providers:\n    - { provider: house, baseUrl: http://10.0.0.1:8000/v1, keyless: true, flavor: { maxStops: 1 }, deployments: [{ name: a }] }\n",
    );
    expect(enabled({ FAIRLEAD_CONFIG: file })).toEqual(["house"]);
    expect(settings("house", { FAIRLEAD_CONFIG: file })).toMatchObject({
      baseUrl: "http://10.0.0.1:8000/v1",
      apiKey: "",
      deployments: [{ name: "a" }],
    });
    expect(
      settings("house", { FAIRLEAD_CONFIG: file, HOUSE_BASE_URL: "http://10.0.0.2:8000/v1", HOUSE_CONNECTIONS: "7" }),
    ).toMatchObject({ baseUrl: "http://10.0.0.2:8000/v1", connections: 7 });
    expect(findServers({ FAIRLEAD_CONFIG: file })[0]?.flavor).toMatchObject({
      name: "house",
      provider: "house",
      maxStops: 1,
      maxTokensField: "max_tokens",
      seedField: "seed",
    });
    rmSync(folder, { recursive: true });
  });

  it.each([
    ["an unknown preset", [{ provider: "a", preset: "magic" }], "providers.0.preset"],
    ["an unknown key", [{ provider: "a", adress: "x" }], "adapterOpenaiCompatible.providers.0.adress"],
    ["an id that is none", [{ provider: "A b" }], "OPENAI_COMPATIBLE_PROVIDERS.0.provider"],
    [
      "a key in place of a variable's name",
      [{ provider: "a", apiKeyEnv: "sk-1234" }],
      "OPENAI_COMPATIBLE_PROVIDERS.0.apiKeyEnv",
    ],
    ["two of one name", [{ provider: "a" }, { provider: "a" }], "OPENAI_COMPATIBLE_PROVIDERS.1.provider"],
    [
      "an unknown word of a flavor",
      [{ provider: "a", flavor: { sampling: ["heat"] } }],
      "OPENAI_COMPATIBLE_PROVIDERS.0.flavor.sampling.0",
    ],
  ])("stop the start with %s, and name the key", (_what, providers, key) => {
    expect(() => findServers(configured(...providers))).toThrow(key);
  });

  it("repeat nothing of what is no YAML", () => {
    expect(() => findServers({ OPENAI_COMPATIBLE_PROVIDERS: "[{ secret: sk-1234" })).toThrow(
      /^(?!.*sk-1234).*OPENAI_COMPATIBLE_PROVIDERS/,
    );
  });

  it("do not start without a key or an address, and name the variable", () => {
    expect(() => settings("mistral", {})).toThrow("MISTRAL_API_KEY");
    expect(() => settings("vllm", {})).toThrow("VLLM_BASE_URL");
    expect(() => settings("azure", { AZURE_OPENAI_API_KEY: "k" })).toThrow("AZURE_OPENAI_ENDPOINT");
  });
});

describe("the presets", () => {
  const withModels = presetNames().filter((name) => !["generic", "vllm"].includes(name));

  it.each(withModels)("%s tells models that can be offered, with prices", (name) => {
    const { models } = readCatalogue({ builtIn: readPreset(name).models, traits: servedModelTraits, provider: name });
    expect(models.filter(({ prices }) => prices.length === 0)).toEqual([]);
    expect(readPreset(name).baseUrl ?? readPreset(name).baseUrlEnv).toBeDefined();
  });

  it.each(["generic", "vllm"])("%s has its models told by a file", (name) => {
    expect(() =>
      openProvider("one", {
        ...configured({ provider: "one", preset: name, keyless: true, baseUrl: "http://127.0.0.1:9" }),
      }),
    ).toThrow("no model of one is left");
  });
});

describe("a process of the adapter", () => {
  const chosen = (environment: Record<string, string>): string => selectAdapter(environment).provider;

  it("serves the provider that is named, or the only one", () => {
    expect(chosen({ MISTRAL_API_KEY: "k" })).toBe("mistral");
    expect(chosen({ MISTRAL_API_KEY: "k", XAI_API_KEY: "k", FAIRLEAD_OPENAI_COMPATIBLE_PROVIDER: "xai" })).toBe("xai");
    expect(chosen({ FAIRLEAD_OPENAI_COMPATIBLE_PROVIDER: "vllm" })).toBe("vllm");
  });

  it.each([
    [
      "several can be called",
      { MISTRAL_API_KEY: "k", XAI_API_KEY: "k" },
      "FAIRLEAD_OPENAI_COMPATIBLE_PROVIDER: name one of mistral, xai",
    ],
    ["none can be called", {}, "set CEREBRAS_API_KEY or DEEPSEEK_API_KEY"],
    [
      "there is none of the name",
      { FAIRLEAD_OPENAI_COMPATIBLE_PROVIDER: "magic" },
      "FAIRLEAD_OPENAI_COMPATIBLE_PROVIDER: there is no provider magic",
    ],
  ])("does not start where %s, and says what to set", (_what, environment, message) => {
    expect(() => chosen(environment as Record<string, string>)).toThrow(message);
  });

  it("is told by compositions which provider it serves", () => {
    const program = adapters({ MISTRAL_API_KEY: "k" }).find(({ provider }) => provider === "mistral") as AdapterProgram;
    expect(program.selectedBy).toEqual({ FAIRLEAD_OPENAI_COMPATIBLE_PROVIDER: "mistral" });
    expect(enablingName(program)).toBe("MISTRAL_API_KEY");
  });
});
