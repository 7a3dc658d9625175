import { baseUrl, connectionShape, keyText, needsKey } from "@fairlead/adapter-kit/credentials";
import { deploymentList } from "@fairlead/adapter-kit/deployment-config";
import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

/** Configuration of the adapter. Without a key it does not start. */
export const anthropicConfig = defineConfig({
  section: "adapterAnthropic",
  schema: z.strictObject({
    /** Key of the account, or several. */
    apiKey: keyText.default(""),
    /** Address of the API, without its version. */
    baseUrl: baseUrl.default("https://api.anthropic.com"),
    /** Places where the models are deployed, each a target of its own. Empty: one, at the address above. */
    deployments: deploymentList((variable) => process.env[variable]),
    ...connectionShape,
  }).superRefine(needsKey("ANTHROPIC_API_KEY")),
  environment: {
    ANTHROPIC_API_KEY: "apiKey",
    ANTHROPIC_API_KEY_FILE: "apiKeyFile",
    ANTHROPIC_BASE_URL: "baseUrl",
    ANTHROPIC_DEPLOYMENTS: "deployments",
    ANTHROPIC_MODELS_FILE: "modelsFile",
    ANTHROPIC_MEDIA_HOSTS: "mediaHosts",
    ANTHROPIC_SIMULATED: "simulated",
    ANTHROPIC_PROPAGATE_TRACE: "propagateTrace",
    ANTHROPIC_CONNECTIONS: "connections",
    ANTHROPIC_CONNECT_TIMEOUT_MS: "connectTimeoutMs",
  },
});

export type AnthropicConfig = z.infer<(typeof anthropicConfig)["schema"]>;
