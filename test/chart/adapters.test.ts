import { readdirSync, readFileSync } from "node:fs";
import { createProviderSimulator } from "@fairlead/provider-simulator";
import type { ConfigDefinition } from "@fairlead/runtime/config";
import { parse } from "yaml";
import { serverConfig } from "../../services/adapter-openai-compatible/src/config.ts";
import { presetNames, readPreset } from "../../services/adapter-openai-compatible/src/presets.ts";
import { resolveServer } from "../../services/adapter-openai-compatible/src/server.ts";

/** An entry of the chart's values, as far as it is read here. */
interface Entry {
  readonly service: string;
  readonly keyless?: boolean;
  readonly simulatorPath?: string;
  readonly variables?: { readonly prefix?: string; readonly key?: string; readonly baseUrl?: string };
}

const COMPATIBLE = "adapter-openai-compatible";
const { adapters } = parse(readFileSync(new URL("../../helm/fairlead/values.yaml", import.meta.url), "utf8")) as { adapters: Record<string, Entry> };
const entries = Object.entries(adapters);

describe("the adapters in the chart's values", () => {
  it("are all that there are", () => {
    const folders = readdirSync(new URL("../../services", import.meta.url)).filter((name) => name.startsWith("adapter-") && name !== COMPATIBLE);
    const providers = [...folders.map((name) => name.replace("adapter-", "")), ...presetNames().filter((name) => name !== "generic")];
    expect(entries.map(([provider]) => provider).sort()).toEqual(providers.sort());
  });

  it.each(entries)("%s has the variables that its code reads", async (provider, entry) => {
    const prefix = entry.variables?.prefix ?? provider.toUpperCase().replaceAll("-", "_");
    const used = [
      `${entry.variables?.key ?? `${prefix}_API_KEY`}_FILE`,
      entry.variables?.baseUrl ?? `${prefix}_BASE_URL`,
      ...["SIMULATED", "PROPAGATE_TRACE", "MODELS_FILE"].map((name) => `${prefix}_${name}`),
    ];
    expect(Object.keys((await definitionOf(provider, entry)).environment)).toEqual(expect.arrayContaining(used));
  });

  it.each(entries)("%s needs a key where its code does", async (provider, entry) => {
    const { schema } = await definitionOf(provider, entry);
    const missing = schema.safeParse({ baseUrl: "http://server.example.com" }).error?.issues.some(({ path }: { path: unknown[] }) => path[0] === "apiKey") ?? false;
    expect(missing).toBe(entry.keyless !== true);
  });

  it("have the simulator's paths, and all of them", () => {
    const paths = entries.flatMap(([provider, { simulatorPath }]) => (simulatorPath === undefined ? [] : [[provider, simulatorPath]]));
    expect(Object.fromEntries(paths)).toEqual(createProviderSimulator().basePaths);
  });
});

async function definitionOf(provider: string, { service }: Entry): Promise<ConfigDefinition<any>> {
  if (service === COMPATIBLE) return serverConfig(resolveServer(readPreset(provider)), {});
  const module = (await import(`../../services/${service}/src/config.ts`)) as Record<string, unknown>;
  const found = Object.values(module).find((one) => typeof one === "object" && one !== null && "section" in one);
  return found as ConfigDefinition<any>;
}
