import { defineAdapter } from "@fairlead/adapter-kit/adapter-program";
import { callProvider, readJson } from "@fairlead/adapter-kit/call-provider";
import {
  type Adapter,
  type AdapterDependencies,
  createAdapterService,
} from "@fairlead/adapter-kit/create-adapter-service";
import { openDeployments } from "@fairlead/adapter-kit/deployment-clients";
import { openOffer } from "@fairlead/adapter-kit/offer";
import { openConnection } from "@fairlead/adapter-kit/open-connection";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import { streamAnswer } from "@fairlead/adapter-kit/stream-answer";
import { createCohereCaller } from "./cohere-client.ts";
import { type CohereConfig, cohereConfig } from "./config.ts";
import { COHERE_DIALECT } from "./dialect.ts";
import { fromCohereEmbedding, toCohereEmbedding } from "./embedding.ts";
import { fromCohereResponse } from "./from-cohere-response.ts";
import { createCohereStream } from "./from-cohere-stream.ts";
import { cohereCatalogue } from "./models.ts";
import { toCohereRequest } from "./to-cohere-request.ts";

/** Makes the adapter of Cohere: v2 chat and v2 embed. */
export function createAdapterCohere(config: CohereConfig, dependencies: AdapterDependencies): Adapter {
  const { fetch, keys, close } = openConnection(config, "cohere", dependencies.tools);
  const identity = {
    provider: "cohere",
    telemetryName: "cohere",
    simulated: config.simulated,
    dialects: [COHERE_DIALECT],
  };
  const catalogue = { ...cohereCatalogue, file: config.modelsFile };
  const offer = openOffer({ ...config, identity, catalogue, instance: dependencies.instance }, dependencies.tools);
  const clients = openDeployments(
    { ...config, keys },
    (endpoint) => createCohereCaller(endpoint, fetch),
    offer.modelOf,
  );
  const modelOf = (name: string) => offer.entry(name)?.description;

  const provider: Provider = {
    offer,

    async chat(request, call) {
      const client = clients.of(call.deployment, request.model);
      const { body, adaptations } = toCohereRequest(request, {
        model: modelOf(request.model),
        strict: call.strict,
        stream: false,
      });
      const response = await callProvider(call, () => client.send("v2/chat", body));
      return fromCohereResponse(await readJson(response, call), request.model, adaptations, call.now());
    },

    async chatStream(request, call) {
      const client = clients.of(call.deployment, request.model);
      const { body, adaptations } = toCohereRequest(request, {
        model: modelOf(request.model),
        strict: call.strict,
        stream: true,
      });
      return streamAnswer(
        call,
        () => client.send("v2/chat", body),
        createCohereStream(request.model, call.now),
        adaptations,
      );
    },

    async embed(input, call) {
      const client = clients.of(call.deployment, input.model);
      const { body, adaptations } = toCohereEmbedding(input, call.strict);
      const response = await callProvider(call, () => client.send("v2/embed", body));
      return fromCohereEmbedding(
        await readJson(response, call),
        input.model,
        input.texts.length,
        adaptations,
        call.now(),
      );
    },

    async probe(call) {
      const client = clients.toProbe(call.deployment);
      await readJson(await callProvider(call, () => client.ask("v1/models?page_size=1")), call);
    },
  };
  return createAdapterService(provider, dependencies, close);
}

/** The adapter as compositions see it. */
export const adapter = defineAdapter({ provider: "cohere", config: cohereConfig, create: createAdapterCohere });
