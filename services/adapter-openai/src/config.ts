import { baseUrl, connectionShape, keyText, needsKey } from "@fairlead/adapter-kit/credentials";
import { deploymentList } from "@fairlead/adapter-kit/deployment-config";
import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

/** Configuration of the adapter. Without a key it does not start. */
export const openaiConfig = defineConfig({
  section: "adapterOpenai",
  schema: z.strictObject({
    /** Key of the account, or several. */
    apiKey: keyText.default(""),
    /** Address of the API, with its version. */
    baseUrl: baseUrl.default("https://api.openai.com/v1"),
    /** Organisation that is billed. Empty: the key's own. */
    organization: z.string().regex(/^[\x21-\x7e]*$/).default(""),
    /** Project that is billed. Empty: the key's own. */
    project: z.string().regex(/^[\x21-\x7e]*$/).default(""),
    /** Places where the models are deployed, each a target of its own. Empty: one, at the address above. */
    deployments: deploymentList((variable) => process.env[variable]),
    ...connectionShape,
  }).superRefine(needsKey("OPENAI_API_KEY")),
  environment: {
    OPENAI_API_KEY: "apiKey",
    OPENAI_API_KEY_FILE: "apiKeyFile",
    OPENAI_BASE_URL: "baseUrl",
    OPENAI_ORG_ID: "organization",
    OPENAI_PROJECT_ID: "project",
    OPENAI_DEPLOYMENTS: "deployments",
    OPENAI_MODELS_FILE: "modelsFile",
    OPENAI_MEDIA_HOSTS: "mediaHosts",
    OPENAI_SIMULATED: "simulated",
    OPENAI_PROPAGATE_TRACE: "propagateTrace",
    OPENAI_CONNECTIONS: "connections",
    OPENAI_CONNECT_TIMEOUT_MS: "connectTimeoutMs",
  },
});

export type OpenaiConfig = z.infer<(typeof openaiConfig)["schema"]>;
