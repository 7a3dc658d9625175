import { baseUrl } from "@fairlead/adapter-kit/credentials";
import { z } from "zod";
import { flavorData } from "./flavor-data.ts";

const variable = z
  .string()
  .max(128)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable, not what it holds");

/** A path below the address, with its leading slash. */
const path = z
  .string()
  .max(256)
  .regex(/^(\/[A-Za-z0-9._~-]+)+$/, "a path such as /openai/v1");

/** What is told of a server by its preset and, over that, by its configuration. */
export const serverSettings = z.strictObject({
  /** How explanations name it. */
  name: z.string().min(1).max(64).optional(),
  /** Name in telemetry, as OpenTelemetry writes it where it knows the provider. */
  telemetryName: z
    .string()
    .max(64)
    .regex(/^[a-z0-9_.-]+$/)
    .optional(),
  /** Address of its API. */
  baseUrl: baseUrl.optional(),
  /** Path of the API where the address has none. */
  basePath: path.optional(),
  /** Environment variable that holds its key or keys. */
  apiKeyEnv: variable.optional(),
  /** True where it may be called without a key. */
  keyless: z.boolean().optional(),
  /** Header that brings the key, and the word before it; an empty word: the key alone. */
  authorization: z
    .strictObject({
      header: z
        .string()
        .max(64)
        .regex(/^[a-z0-9-]+$/, "the name of a header in lower case"),
      scheme: z
        .string()
        .max(32)
        .regex(/^[A-Za-z]*$/)
        .default(""),
    })
    .optional(),
  /** Version of Azure's dated API, which names the model in the path. Empty: it is not dated. */
  apiVersion: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9._-]*$/)
    .optional(),
  /** Path of the cheapest call that shows that the key is taken. */
  probePath: path.optional(),
  /** API by which models are reached for which nothing else is said. */
  api: z.enum(["chat_completions", "responses"]).optional(),
  /** Where it differs from other servers. */
  flavor: flavorData.optional(),
});

/** What the file of a preset tells. */
export const presetData = serverSettings.extend({
  /** Environment variable that holds its address. Unset: the provider's name and `_BASE_URL`. */
  baseUrlEnv: variable.optional(),
  /** Beginning of the names of its other variables. Unset: the provider's name. */
  variables: variable.optional(),
  /** True where the operator names the models, and only those with a name are offered. */
  namedModels: z.boolean().default(false),
  /** True where it is part of a demonstration without keys. */
  demonstrated: z.boolean().default(false),
});

/** What the file of a preset tells. */
export type PresetData = z.infer<typeof presetData>;

/** A server as it is configured. */
export const serverEntry = serverSettings.extend({
  /** Id of the provider, unique in the mesh. */
  provider: z
    .string()
    .max(64)
    .regex(/^[a-z0-9][a-z0-9-]*$/, "an id is lower-case letters, digits and dashes"),
  /** What is known of it. Unset: the preset of the provider's name, or generic. */
  preset: z.string().min(1).max(64).optional(),
  /** File or folder of its keys, in place of a variable. */
  apiKeyFile: z.string().min(1).max(4_096).optional(),
  /** Places where the models are deployed, each a target of its own. */
  deployments: z.array(z.unknown()).max(64).optional(),
  /** File whose models are added to the preset's or put in their place. */
  modelsFile: z.string().min(1).max(4_096).optional(),
  /** Name at the server by model, such as the name of an Azure deployment. */
  modelNames: z.record(z.string().min(1).max(256), z.string().min(1).max(256)).optional(),
});

/** A server as it is configured. */
export type ServerEntry = z.infer<typeof serverEntry>;
