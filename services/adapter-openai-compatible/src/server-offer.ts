import type { AdapterDependencies } from "@fairlead/adapter-kit/create-adapter-service";
import { openOffer, type TypedOffer } from "@fairlead/adapter-kit/offer";
import { CHAT_DIALECT, RESPONSES_DIALECT } from "@fairlead/openai-wire/dialects";
import { type ServedModelTraits, servedModelTraits } from "@fairlead/openai-wire/model-body";
import { ConfigError } from "@fairlead/runtime/config";
import type { ServerConfig } from "./config.ts";
import { limitOffer } from "./limit-offer.ts";
import type { Server } from "./server.ts";

/**
 * Opens what a server offers: the models of its preset and file or, where the operator names models, those that have a name.
 *
 * @throws ConfigError where a name is told for a model that is not known, or none is told where there must be one
 */
export function openServerOffer(
  server: Server,
  config: ServerConfig,
  { tools, instance }: AdapterDependencies,
): TypedOffer<ServedModelTraits> {
  const { provider, telemetryName, namedModels } = server;
  const identity = { provider, telemetryName, simulated: config.simulated, dialects: dialectsOf(server) };
  const catalogue = { builtIn: server.models, file: config.modelsFile, traits: servedModelTraits };
  const named = Object.keys(config.modelNames);
  const place = `Configuration: adapterOpenaiCompatible.${provider}.modelNames (${server.variables.prefix}_MODEL_NAMES)`;
  if (namedModels && named.length === 0)
    throw new ConfigError(`${place}: expected the name of each model's deployment`);
  const offer = openOffer({ identity, catalogue, deployments: config.deployments, instance }, tools);
  const unknown = named.find((model) => offer.entry(model)?.description.model !== model);
  if (unknown !== undefined) {
    void offer.close();
    throw new ConfigError(`${place}: there is no model ${unknown}`);
  }
  return namedModels ? limitOffer(offer, new Set(named)) : offer;
}

function dialectsOf({ api }: Server): readonly string[] {
  return api === "responses" ? [RESPONSES_DIALECT] : [CHAT_DIALECT];
}
