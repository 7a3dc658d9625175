import { baseUrl, connectionShape, keyText } from "@fairlead/adapter-kit/credentials";
import { deploymentList } from "@fairlead/adapter-kit/deployment-config";
import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

/** Configuration of the adapter. It needs no key. */
export const ollamaConfig = defineConfig({
  section: "adapterOllama",
  schema: z.strictObject({
    /** Key, or several, for servers that want one. Empty: none is sent. */
    apiKey: keyText.or(z.literal("")).default(""),
    /** Address of the server. */
    baseUrl: baseUrl.default("http://127.0.0.1:11434"),
    /** Servers, each a target of its own. Empty: one, at the address above. */
    deployments: deploymentList((variable) => process.env[variable]),
    /**
     * Seconds between looks at the models that the servers have. 0: they are not asked, and all models that are told
     * are offered.
     */
    pollSeconds: z.coerce.number().min(0).max(86_400).default(30),
    ...connectionShape,
  }),
  environment: {
    OLLAMA_API_KEY: "apiKey",
    OLLAMA_API_KEY_FILE: "apiKeyFile",
    OLLAMA_BASE_URL: "baseUrl",
    OLLAMA_DEPLOYMENTS: "deployments",
    OLLAMA_POLL_SECONDS: "pollSeconds",
    OLLAMA_MODELS_FILE: "modelsFile",
    OLLAMA_MEDIA_HOSTS: "mediaHosts",
    OLLAMA_SIMULATED: "simulated",
    OLLAMA_PROPAGATE_TRACE: "propagateTrace",
    OLLAMA_CONNECTIONS: "connections",
    OLLAMA_CONNECT_TIMEOUT_MS: "connectTimeoutMs",
  },
});

export type OllamaConfig = z.infer<(typeof ollamaConfig)["schema"]>;
