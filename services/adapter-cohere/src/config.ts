import { baseUrl, connectionShape, keyText, needsKey } from "@fairlead/adapter-kit/credentials";
import { deploymentList } from "@fairlead/adapter-kit/deployment-config";
import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

/** Configuration of the adapter. Without a key it does not start. */
export const cohereConfig = defineConfig({
  section: "adapterCohere",
  schema: z
    .strictObject({
      /** Key of the account, or several. */
      apiKey: keyText.default(""),
      /** Address of the API, without its version. */
      baseUrl: baseUrl.default("https://api.cohere.com"),
      /** Places where the models are deployed, each a target of its own. Empty: one, at the address above. */
      deployments: deploymentList((variable) => process.env[variable]),
      ...connectionShape,
    })
    .superRefine(needsKey("COHERE_API_KEY")),
  environment: {
    COHERE_API_KEY: "apiKey",
    COHERE_API_KEY_FILE: "apiKeyFile",
    COHERE_BASE_URL: "baseUrl",
    COHERE_DEPLOYMENTS: "deployments",
    COHERE_MODELS_FILE: "modelsFile",
    COHERE_SIMULATED: "simulated",
    COHERE_PROPAGATE_TRACE: "propagateTrace",
    COHERE_CONNECTIONS: "connections",
    COHERE_CONNECT_TIMEOUT_MS: "connectTimeoutMs",
  },
});

export type CohereConfig = z.infer<(typeof cohereConfig)["schema"]>;
