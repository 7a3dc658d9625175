import { defineConfig, readConfig } from "@fairlead/runtime/config";
import { z } from "zod";
import { type AdapterProgram, standingOf } from "./adapter-program.ts";
import { connectionShape, keyText, needsKey } from "./credentials.ts";
import { deploymentList } from "./deployment-config.ts";

const definition = defineConfig({
  section: "adapterP",
  schema: z
    .strictObject({ apiKey: keyText.default(""), deployments: deploymentList(() => "key-d"), ...connectionShape })
    .superRefine(needsKey("P_API_KEY")),
  environment: { P_API_KEY: "apiKey", P_API_KEY_FILE: "apiKeyFile", P_DEPLOYMENTS: "deployments" },
});
const program = { provider: "p", config: definition } as unknown as AdapterProgram;

describe("the configuration of keys", () => {
  it.each<[string, Record<string, string>]>([
    ["a key", { P_API_KEY: "key" }],
    ["several keys", { P_API_KEY: "key-a, key-b" }],
    ["a file", { P_API_KEY_FILE: "/run/keys" }],
    ["deployments with keys of their own", { P_DEPLOYMENTS: '[{"name":"a","apiKeyEnv":"A"},{"name":"b","apiKeyFile":"/run/b"}]' }],
  ])("is whole with %s", (_what, environment) => {
    expect(() => readConfig(definition, environment)).not.toThrow();
  });

  it.each<[string, Record<string, string>]>([
    ["nothing", {}],
    ["a deployment that has none", { P_DEPLOYMENTS: '[{"name":"a","apiKeyEnv":"A"},{"name":"b"}]' }],
  ])("is refused with %s, and both variables are named", (_what, environment) => {
    expect(() => readConfig(definition, environment)).toThrow("adapterP.apiKey: the adapter has no key and does not start; set P_API_KEY or P_API_KEY_FILE");
  });

  it("is refused for what is no key, without repeating it", () => {
    expect(() => readConfig(definition, { P_API_KEY: "key-a,gehëim" })).toThrow("P_API_KEY: key 2 is not a key: printable ASCII without spaces, 1,024 characters at most");
    expect(() => readConfig(definition, { P_API_KEY: " , " })).toThrow("P_API_KEY: there is no key in it");
  });

  it("makes a provider callable by a variable or a file", () => {
    expect([{}, { P_API_KEY: "key" }, { P_API_KEY_FILE: "/run/keys" }].map((environment) => standingOf(program, environment).enabled)).toEqual([false, true, true]);
  });
});
