import { defineAdapter } from "@fairlead/adapter-kit/adapter-program";
import {
  type Adapter,
  type AdapterDependencies,
  createAdapterService,
} from "@fairlead/adapter-kit/create-adapter-service";
import { openDeployments } from "@fairlead/adapter-kit/deployment-clients";
import { asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { openOffer } from "@fairlead/adapter-kit/offer";
import { openConnection } from "@fairlead/adapter-kit/open-connection";
import { chatProvider } from "@fairlead/openai-wire/chat-provider";
import { CHAT_DIALECT } from "@fairlead/openai-wire/dialects";
import type { Flavor } from "@fairlead/openai-wire/flavor";
import { toModelBody } from "@fairlead/openai-wire/model-body";
import { openClient } from "@fairlead/openai-wire/open-client";
import { type GroqConfig, groqConfig } from "./config.ts";
import { GROQ_FLAVOR } from "./flavor.ts";
import { groqCatalogue } from "./models.ts";

/** Makes the adapter of Groq: chat completions. */
export function createAdapterGroq(config: GroqConfig, dependencies: AdapterDependencies): Adapter {
  const { fetch, keys, close } = openConnection(config, "groq", dependencies.tools);
  const { provider } = GROQ_FLAVOR;
  const identity = { provider, telemetryName: provider, simulated: config.simulated, dialects: [CHAT_DIALECT] };
  const catalogue = { ...groqCatalogue, file: config.modelsFile };
  const offer = openOffer({ ...config, identity, catalogue, instance: dependencies.instance }, dependencies.tools);
  const clients = openDeployments({ ...config, keys }, (endpoint) => openClient(endpoint, fetch), offer.modelOf);
  const traitsOf = (model: string) => offer.entry(model)?.traits;
  const finish = (body: JsonObject) => toModelBody(body, traitsOf(asText(body["model"])));
  const flavor: Flavor = { ...GROQ_FLAVOR, finish };
  return createAdapterService(chatProvider({ offer, clients, flavor, traitsOf }), dependencies, close);
}

/** The adapter as compositions see it. */
export const adapter = defineAdapter({ provider: "groq", config: groqConfig, create: createAdapterGroq });
