import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { defineConfig, readConfig } from "@fairlead/runtime/config";
import { z } from "zod";
import { type Endpoint, openDeployments } from "./deployment-clients.ts";
import { deploymentList } from "./deployment-config.ts";
import { openKeys } from "./keys/open-keys.ts";
import { testDependencies } from "./testing/adapter-client.ts";

const keys: Record<string, string> = { EU_KEY: "key-eu", TWO_KEYS: "key-a, key-b", BAD_KEY: "key\u0000" };
const definition = defineConfig({
  section: "adapter",
  schema: z.strictObject({ deployments: deploymentList((variable) => keys[variable]) }),
  environment: { DEPLOYMENTS: "deployments" },
});

const read = (deployments: unknown) => readConfig(definition, { DEPLOYMENTS: JSON.stringify(deployments) }).deployments;

/** Opens clients that tell the key which takes the place of their placeholder. */
function open(given: unknown, simulated = false) {
  const deployments = read(given);
  const keys = openKeys({ provider: "p", simulated, apiKey: "key", apiKeyFile: "", deployments }, testDependencies().tools);
  const connect = ({ apiKey, baseUrl }: Endpoint) => {
    const request = { url: new URL("http://x"), headers: { authorization: apiKey } };
    return { apiKey: keys.usedBy(request)?.keys.begin("m").key(), baseUrl };
  };
  return openDeployments({ baseUrl: "http://main", deployments, keys }, connect, (name) => name.replace("alias-", ""));
}

describe("deployments by configuration", () => {
  it("are none where nothing is said", () => {
    expect(readConfig(definition, {}).deployments).toEqual([]);
  });

  it("are told with their defaults and the key that their variable holds", () => {
    expect(read([{ name: "eu", baseUrl: "http://eu/", apiKeyEnv: "EU_KEY", tokensPerMinute: 9 }])).toEqual([
      { name: "eu", region: "", weight: 1, baseUrl: "http://eu", apiKeyEnv: "EU_KEY", apiKey: "key-eu", tokensPerMinute: 9 },
    ]);
  });

  it.each<[string, unknown]>([
    ["DEPLOYMENTS.0.name", [{}]],
    ["DEPLOYMENTS.0.name: a name is letters", [{ name: "a b" }]],
    ["DEPLOYMENTS.1.name: two are called a", [{ name: "a" }, { name: "a" }]],
    ["DEPLOYMENTS.0.weight", [{ name: "a", weight: 0 }]],
    ["DEPLOYMENTS.0.baseUrl", [{ name: "a", baseUrl: "file:///etc" }]],
    ["DEPLOYMENTS.0.apiKeyEnv: the name of an environment variable, not the key itself", [{ name: "a", apiKeyEnv: "sk-live-1" }]],
    ["DEPLOYMENTS.0.apiKeyEnv: what BAD_KEY holds is not a key", [{ name: "a", apiKeyEnv: "BAD_KEY" }]],
    ["DEPLOYMENTS.0.apiKeyFile: expected either apiKeyEnv or apiKeyFile", [{ name: "a", apiKeyEnv: "EU_KEY", apiKeyFile: "/keys" }]],
    ["DEPLOYMENTS: expected a JSON list", "text"],
  ])("are refused with the place of what is wrong: %s", (place, deployments) => {
    expect(() => readConfig(definition, { DEPLOYMENTS: typeof deployments === "string" ? deployments : JSON.stringify(deployments) })).toThrow(place);
  });
});

describe("the clients of deployments", () => {
  it("are a single one without a name where none is configured", () => {
    const clients = open([]);
    expect(clients.of("", "m")).toEqual({ apiKey: "key", baseUrl: "http://main" });
    expect(clients.toProbe("")).toBe(clients.of("", "m"));
    expect(() => clients.of("eu", "m")).toThrow(expect.objectContaining({ code: ErrorCode.MODEL_NOT_FOUND }));
  });

  it("have an address and a key of their own, or else the adapter's", () => {
    const clients = open([{ name: "eu", apiKeyEnv: "EU_KEY" }, { name: "us", baseUrl: "http://us" }]);
    expect(clients.of("eu", "m")).toEqual({ apiKey: "key-eu", baseUrl: "http://main" });
    expect(clients.of("us", "m")).toEqual({ apiKey: "key", baseUrl: "http://us" });
  });

  it("must be named where there are several, and need not be where there is one", () => {
    expect(open([{ name: "eu", apiKeyEnv: "EU_KEY" }]).of("", "m").apiKey).toBe("key-eu");
    const several = open([{ name: "eu" }, { name: "us" }]);
    const unnamed = { code: ErrorCode.INVALID_REQUEST, detail: expect.objectContaining({ violations: [expect.objectContaining({ field: "deployment" })] }) };
    expect(() => several.of("", "m")).toThrow(expect.objectContaining(unnamed));
    expect(several.toProbe("")).toMatchObject({ apiKey: "key" });
  });

  it("take their own keys in turn where a variable holds several", () => {
    expect(read([{ name: "eu", apiKeyEnv: "TWO_KEYS" }])[0]?.apiKey).toBe("key-a, key-b");
    expect(open([{ name: "eu", apiKeyEnv: "TWO_KEYS" }]).of("eu", "m").apiKey).toBe("key-a");
  });

  it("are refused, with the field, where there is none of that name or it lacks the model", () => {
    const clients = open([{ name: "eu", models: ["m"] }]);
    expect(clients.of("eu", "alias-m").apiKey).toBe("key");
    const missing = { code: ErrorCode.MODEL_NOT_FOUND, detail: expect.objectContaining({ violations: [expect.objectContaining({ field: "deployment" })] }) };
    expect(() => clients.of("eu", "n")).toThrow(expect.objectContaining(missing));
    expect(() => clients.of("asia", "m")).toThrow(expect.objectContaining(missing));
    expect(() => clients.toProbe("asia")).toThrow(expect.objectContaining({ code: ErrorCode.NOT_FOUND }));
  });

  it("are not made without their key, unless they are simulated, and then never call another place", () => {
    const deployments = [{ name: "eu", apiKeyEnv: "UNSET_KEY", baseUrl: "http://real" }];
    expect(() => open(deployments)).toThrow("deployment eu of p has no key; set UNSET_KEY");
    expect(open(deployments, true).of("eu", "m")).toEqual({ apiKey: "key-eu", baseUrl: "http://main" });
  });
});
