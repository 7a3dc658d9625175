import { defineAdapter } from "@fairlead/adapter-kit/adapter-program";
import type { GenerateContentRequest } from "@google/generative-ai";
import { callProvider, type ProviderCall, readJson } from "@fairlead/adapter-kit/call-provider";
import { type Adapter, type AdapterDependencies, createAdapterService } from "@fairlead/adapter-kit/create-adapter-service";
import { type Endpoint, openDeployments } from "@fairlead/adapter-kit/deployment-clients";
import { createLeanFetch } from "@fairlead/adapter-kit/lean-fetch";
import { openOffer } from "@fairlead/adapter-kit/offer";
import { createProviderPool } from "@fairlead/adapter-kit/provider-pool";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import { streamAnswer } from "@fairlead/adapter-kit/stream-answer";
import { type GoogleConfig, googleConfig } from "./config.ts";
import { fromGoogleEmbedding, fromGoogleResponse } from "./from-google-response.ts";
import { createGoogleStream } from "./from-google-stream.ts";
import { loadGoogleSdk } from "./google-sdk.ts";
import { googleCatalogue } from "./models.ts";
import { toGoogleEmbedding, toGoogleRequest, toModelPath } from "./to-google-request.ts";

/** Makes the adapter of Google's Gemini: content and embeddings. */
export function createAdapterGoogle(config: GoogleConfig, dependencies: AdapterDependencies): Adapter {
  const { tracer, newId } = dependencies.tools;
  const pool = createProviderPool(config);
  const fetch = createLeanFetch({ ...config, dispatcher: pool, tracer });
  const sdk = loadGoogleSdk(fetch);
  const identity = { provider: "google", telemetryName: "gcp.gemini", simulated: config.simulated, dialects: [] };
  const catalogue = { ...googleCatalogue, file: config.modelsFile };
  const offer = openOffer({ ...config, identity, catalogue, instance: dependencies.instance }, dependencies.tools);
  const connect = (endpoint: Endpoint) => ({ ...endpoint, sdk: new sdk.GoogleGenerativeAI(endpoint.apiKey) });
  const clients = openDeployments({ ...config, ...identity }, connect, offer.modelOf);
  const modelOf = (model: string, call: ProviderCall) => {
    const client = clients.of(call.deployment, model);
    return client.sdk.getGenerativeModel({ model: toModelPath(model) }, { baseUrl: client.baseUrl });
  };
  const write = (request: Parameters<Provider["chat"]>[0], call: ProviderCall) => {
    const traits = offer.entry(request.model)?.traits;
    const { body, adaptations } = toGoogleRequest(request, { traits, strict: call.strict });
    // The SDK hands the body on as it is; its types are older than the API.
    return { body: body as unknown as GenerateContentRequest, adaptations };
  };

  const provider: Provider = {
    offer,

    async chat(request, call) {
      const model = modelOf(request.model, call);
      const { body, adaptations } = write(request, call);
      const response = await callProvider(call, () => model.generateContent(body));
      return fromGoogleResponse(await readJson(response, call), adaptations, { now: call.now(), newId });
    },

    async chatStream(request, call) {
      const model = modelOf(request.model, call);
      const { body, adaptations } = write(request, call);
      return streamAnswer(call, () => model.generateContentStream(body), createGoogleStream(call.now, newId), adaptations);
    },

    async embed(input, call) {
      const model = modelOf(input.model, call);
      const body = toGoogleEmbedding(input) as unknown as Parameters<typeof model.batchEmbedContents>[0];
      const response = await callProvider(call, () => model.batchEmbedContents(body));
      return fromGoogleEmbedding(await readJson(response, call), input.model, input.texts.length, call.now());
    },

    async probe(call) {
      // The SDK has no call for the list of models.
      const { apiKey, baseUrl } = clients.toProbe(call.deployment);
      const address = `${baseUrl}/v1beta/models?pageSize=1`;
      await readJson(await callProvider(call, () => fetch(address, { headers: { "x-goog-api-key": apiKey } })), call);
    },
  };
  return createAdapterService(provider, dependencies, () => pool.destroy());
}

/** The adapter as compositions see it. */
export const adapter = defineAdapter({ provider: "google", config: googleConfig, create: createAdapterGoogle });
