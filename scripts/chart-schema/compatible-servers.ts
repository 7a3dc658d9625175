import { servedModelTraits } from "@fairlead/openai-wire/model-body";
import { serverConfig } from "../../services/adapter-openai-compatible/src/config.ts";
import { readPreset } from "../../services/adapter-openai-compatible/src/presets.ts";
import { serverEntry } from "../../services/adapter-openai-compatible/src/server-settings.ts";
import { resolveServer } from "../../services/adapter-openai-compatible/src/server.ts";
import { modelsWith, SET_FOR_ADAPTERS } from "./service-schemas.ts";
import { type JsonSchema, toSchema } from "./to-schema.ts";

/** Keys of a server that values hold elsewhere in the entry of an adapter. */
const ELSEWHERE = ["provider", "apiKeyEnv", "apiKeyFile", "baseUrl", "keyless", "deployments", "modelsFile", "modelNames"];

/** What the entry of an adapter of compatible servers may say in `config`: how one server is called. */
export function compatibleSection(): JsonSchema {
  const anyServer = resolveServer(readPreset("generic"), { provider: "any" });
  return toSchema(serverConfig(anyServer, {}).schema, SET_FOR_ADAPTERS);
}

/** What it may say in `models`. */
export function compatibleModels(): JsonSchema {
  return modelsWith(servedModelTraits);
}

/** What it may say in `server`: what is special about the server. */
export function compatibleServer(): JsonSchema {
  return toSchema(serverEntry, ELSEWHERE);
}
