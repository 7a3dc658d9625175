import { baseUrl, connectionShape, requiredKey } from "@fairlead/adapter-kit/credentials";
import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

/** Configuration of the adapter. Without a key it does not start. */
export const googleConfig = defineConfig({
  section: "adapterGoogle",
  schema: z.strictObject({
    /** Key of the account. */
    apiKey: requiredKey("GEMINI_API_KEY"),
    /** Address of the API, without its version. */
    baseUrl: baseUrl.default("https://generativelanguage.googleapis.com"),
    ...connectionShape,
  }),
  environment: {
    GEMINI_API_KEY: "apiKey",
    GEMINI_BASE_URL: "baseUrl",
    GEMINI_SIMULATED: "simulated",
    GEMINI_PROPAGATE_TRACE: "propagateTrace",
    GEMINI_CONNECTIONS: "connections",
    GEMINI_CONNECT_TIMEOUT_MS: "connectTimeoutMs",
  },
});

export type GoogleConfig = z.infer<(typeof googleConfig)["schema"]>;
