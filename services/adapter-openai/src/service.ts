import { defineAdapter } from "@fairlead/adapter-kit/adapter-program";
import {
  type Adapter,
  type AdapterDependencies,
  createAdapterService,
} from "@fairlead/adapter-kit/create-adapter-service";
import { openDeployments } from "@fairlead/adapter-kit/deployment-clients";
import { openOffer } from "@fairlead/adapter-kit/offer";
import { openConnection } from "@fairlead/adapter-kit/open-connection";
import { CHAT_DIALECT, RESPONSES_DIALECT } from "@fairlead/openai-wire/dialects";
import { OPENAI_FLAVOR } from "@fairlead/openai-wire/flavor";
import { openClient } from "@fairlead/openai-wire/open-client";
import { type OpenaiConfig, openaiConfig } from "./config.ts";
import { openaiCatalogue } from "./models.ts";
import { openaiProvider } from "./openai-provider.ts";

/** Makes the adapter of OpenAI: chat completions, the Responses API and embeddings. */
export function createAdapterOpenai(config: OpenaiConfig, dependencies: AdapterDependencies): Adapter {
  const { fetch, keys, close } = openConnection(config, "openai", dependencies.tools);
  const { provider } = OPENAI_FLAVOR;
  const identity = {
    provider,
    telemetryName: provider,
    simulated: config.simulated,
    dialects: [CHAT_DIALECT, RESPONSES_DIALECT],
  };
  const catalogue = { ...openaiCatalogue, file: config.modelsFile };
  const offer = openOffer({ ...config, identity, catalogue, instance: dependencies.instance }, dependencies.tools);
  const billed = { organization: config.organization || null, project: config.project || null };
  const clients = openDeployments(
    { ...config, keys },
    (endpoint) => openClient(endpoint, fetch, billed),
    offer.modelOf,
  );
  const served = openaiProvider({
    offer,
    clients,
    flavor: OPENAI_FLAVOR,
    traitsOf: (model) => offer.entry(model)?.traits,
  });
  return createAdapterService(served, dependencies, close);
}

/** The adapter as compositions see it. */
export const adapter = defineAdapter({ provider: "openai", config: openaiConfig, create: createAdapterOpenai });
