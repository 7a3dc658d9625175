import { baseUrl, connectionShape, keyText, needsKey } from "@fairlead/adapter-kit/credentials";
import { deploymentList } from "@fairlead/adapter-kit/deployment-config";
import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

/** Configuration of the adapter. Without a key it does not start. */
export const googleConfig = defineConfig({
  section: "adapterGoogle",
  schema: z.strictObject({
    /** Key of the account, or several. */
    apiKey: keyText.default(""),
    /** Address of the API, without its version. */
    baseUrl: baseUrl.default("https://generativelanguage.googleapis.com"),
    /** Places where the models are deployed, each a target of its own. Empty: one, at the address above. */
    deployments: deploymentList((variable) => process.env[variable]),
    ...connectionShape,
  }).superRefine(needsKey("GEMINI_API_KEY")),
  environment: {
    GEMINI_API_KEY: "apiKey",
    GEMINI_API_KEY_FILE: "apiKeyFile",
    GEMINI_BASE_URL: "baseUrl",
    GEMINI_DEPLOYMENTS: "deployments",
    GEMINI_MODELS_FILE: "modelsFile",
    GEMINI_MEDIA_HOSTS: "mediaHosts",
    GEMINI_SIMULATED: "simulated",
    GEMINI_PROPAGATE_TRACE: "propagateTrace",
    GEMINI_CONNECTIONS: "connections",
    GEMINI_CONNECT_TIMEOUT_MS: "connectTimeoutMs",
  },
});

export type GoogleConfig = z.infer<(typeof googleConfig)["schema"]>;
