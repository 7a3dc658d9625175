import { baseUrl, connectionShape, keyText, needsKey } from "@fairlead/adapter-kit/credentials";
import { deploymentList } from "@fairlead/adapter-kit/deployment-config";
import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

/** Configuration of the adapter. Without a key it does not start. */
export const groqConfig = defineConfig({
  section: "adapterGroq",
  schema: z
    .strictObject({
      /** Key of the account, or several. */
      apiKey: keyText.default(""),
      /** Address of the API, with its version. */
      baseUrl: baseUrl.default("https://api.groq.com/openai/v1"),
      /** Places where the models are deployed, each a target of its own. Empty: one, at the address above. */
      deployments: deploymentList((variable) => process.env[variable]),
      ...connectionShape,
    })
    .superRefine(needsKey("GROQ_API_KEY")),
  environment: {
    GROQ_API_KEY: "apiKey",
    GROQ_API_KEY_FILE: "apiKeyFile",
    GROQ_BASE_URL: "baseUrl",
    GROQ_DEPLOYMENTS: "deployments",
    GROQ_MODELS_FILE: "modelsFile",
    GROQ_MEDIA_HOSTS: "mediaHosts",
    GROQ_SIMULATED: "simulated",
    GROQ_PROPAGATE_TRACE: "propagateTrace",
    GROQ_CONNECTIONS: "connections",
    GROQ_CONNECT_TIMEOUT_MS: "connectTimeoutMs",
  },
});

export type GroqConfig = z.infer<(typeof groqConfig)["schema"]>;
