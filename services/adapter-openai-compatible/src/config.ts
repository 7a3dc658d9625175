import type { Environment } from "@fairlead/adapter-kit/adapter-program";
import { baseUrl, connectionShape, keyText, needsKey } from "@fairlead/adapter-kit/credentials";
import { deploymentList } from "@fairlead/adapter-kit/deployment-config";
import { defineConfig } from "@fairlead/runtime/config";
import { parse } from "yaml";
import { z } from "zod";
import { nameList } from "./name-list.ts";
import { serverEntry } from "./server-settings.ts";
import type { Server } from "./server.ts";

/** Servers at most. */
const MOST_SERVERS = 32;

const servers = z
  .array(serverEntry)
  .max(MOST_SERVERS)
  .superRefine((entries, context) => {
    for (const [index, { provider }] of entries.entries()) {
      if (entries.findIndex((other) => other.provider === provider) === index) continue;
      context.addIssue({ code: "custom", path: [index, "provider"], message: `two are called ${provider}` });
    }
  });

/** Which servers there are, and which of them a process serves. */
export const compatibleConfig = defineConfig({
  section: "adapterOpenaiCompatible",
  schema: z.strictObject({
    /** Id of the provider that a process serves. Empty: the only one that can be called. */
    provider: z.string().max(64).default(""),
    /** Servers beside those of the presets, or with other settings; in the environment as YAML or JSON. */
    providers: z.preprocess((given) => (typeof given === "string" ? parseText(given) : given), servers).default([]),
  }),
  environment: { FAIRLEAD_OPENAI_COMPATIBLE_PROVIDER: "provider", OPENAI_COMPATIBLE_PROVIDERS: "providers" },
});

/** How one server is called. What the environment says comes before what is configured for the server. */
export function serverConfig(server: Server, environment: Environment) {
  const { provider, variables, entry } = server;
  const { prefix } = variables;
  const address = z.string({ error: `the provider has no address; set ${variables.baseUrl}` }).pipe(baseUrl);
  const schema = z.strictObject({
    ...connectionShape,
    /** Key of the account, or several. */
    apiKey: keyText.default(""),
    apiKeyFile: connectionShape.apiKeyFile.default(entry?.apiKeyFile ?? ""),
    /** Address of the API. */
    baseUrl: server.baseUrl === undefined ? address : address.default(server.baseUrl),
    /** Places where the models are deployed, each a target of its own. Empty: one, at the address above. */
    deployments: deploymentList((variable) => environment[variable]).prefault(entry?.deployments ?? []),
    modelsFile: connectionShape.modelsFile.default(entry?.modelsFile ?? ""),
    /** Name at the server by model, such as the name of an Azure deployment. */
    modelNames: nameList.default(entry?.modelNames ?? {}),
    /** Version of Azure's dated API. Empty: it is not dated. */
    apiVersion: z.string().max(64).default(server.apiVersion),
  });
  return defineConfig({
    section: `adapterOpenaiCompatible.${provider}`,
    schema: server.keyless ? schema : schema.superRefine(needsKey(variables.apiKey)),
    environment: {
      [variables.apiKey]: "apiKey",
      [`${variables.apiKey}_FILE`]: "apiKeyFile",
      [variables.baseUrl]: "baseUrl",
      [`${prefix}_DEPLOYMENTS`]: "deployments",
      [`${prefix}_MODELS_FILE`]: "modelsFile",
      [`${prefix}_MODEL_NAMES`]: "modelNames",
      [`${prefix}_API_VERSION`]: "apiVersion",
      [`${prefix}_MEDIA_HOSTS`]: "mediaHosts",
      [`${prefix}_SIMULATED`]: "simulated",
      [`${prefix}_PROPAGATE_TRACE`]: "propagateTrace",
      [`${prefix}_CONNECTIONS`]: "connections",
      [`${prefix}_CONNECT_TIMEOUT_MS`]: "connectTimeoutMs",
    },
  });
}

/** How one server is called. */
export type ServerConfig = z.infer<ReturnType<typeof serverConfig>["schema"]>;

function parseText(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // The parser's own message quotes the text.
    return "no YAML or JSON";
  }
}
