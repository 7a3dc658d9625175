import { defineAdapter } from "@fairlead/adapter-kit/adapter-program";
import { callProvider, type ProviderCall, readJson } from "@fairlead/adapter-kit/call-provider";
import { type Adapter, type AdapterDependencies, createAdapterService } from "@fairlead/adapter-kit/create-adapter-service";
import { type Endpoint, openDeployments } from "@fairlead/adapter-kit/deployment-clients";
import { asCount, asObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { openOffer } from "@fairlead/adapter-kit/offer";
import { openConnection } from "@fairlead/adapter-kit/open-connection";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import { streamAnswer } from "@fairlead/adapter-kit/stream-answer";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { CountTokensRequest, GenerateContentRequest } from "@google/generative-ai";
import { type GoogleConfig, googleConfig } from "./config.ts";
import { GOOGLE_DIALECT } from "./dialect.ts";
import { fetchRemoteMedia } from "./fetch-remote-media.ts";
import { fromGoogleEmbedding } from "./from-google-embedding.ts";
import { fromGoogleResponse } from "./from-google-response.ts";
import { createGoogleStream } from "./from-google-stream.ts";
import { loadGoogleSdk } from "./google-sdk.ts";
import { googleCatalogue } from "./models.ts";
import { toCountRequest } from "./to-count-request.ts";
import { toGoogleEmbedding } from "./to-google-embedding.ts";
import { type GoogleBody, toGoogleRequest, toModelPath } from "./to-google-request.ts";

/** Makes the adapter of Google's Gemini: content and embeddings. */
export function createAdapterGoogle(config: GoogleConfig, dependencies: AdapterDependencies): Adapter {
  const { newId } = dependencies.tools;
  const { fetch, keys, close } = openConnection(config, "google", dependencies.tools);
  const sdk = loadGoogleSdk(fetch);
  const identity = { provider: "google", telemetryName: "gcp.gemini", simulated: config.simulated, dialects: [GOOGLE_DIALECT] };
  const catalogue = { ...googleCatalogue, file: config.modelsFile };
  const offer = openOffer({ ...config, identity, catalogue, instance: dependencies.instance }, dependencies.tools);
  const connect = (endpoint: Endpoint) => ({ ...endpoint, sdk: new sdk.GoogleGenerativeAI(endpoint.apiKey) });
  const clients = openDeployments({ ...config, keys }, connect, offer.modelOf);
  const modelOf = (model: string, call: ProviderCall) => {
    const client = clients.of(call.deployment, model);
    return client.sdk.getGenerativeModel({ model: toModelPath(model) }, { baseUrl: client.baseUrl });
  };
  const write = async (request: ChatRequest, call: ProviderCall) => {
    const traits = offer.entry(request.model)?.traits;
    const media = await fetchRemoteMedia(request, { signal: call.signal, hosts: config.mediaHosts });
    return toGoogleRequest(request, { traits, strict: call.strict, media });
  };

  const provider: Provider = {
    offer,

    async chat(request, call) {
      const model = modelOf(request.model, call);
      const { body, adaptations } = await write(request, call);
      const response = await callProvider(call, () => model.generateContent(asTyped(body)));
      return fromGoogleResponse(await readJson(response, call), adaptations, { now: call.now(), newId });
    },

    async chatStream(request, call) {
      const model = modelOf(request.model, call);
      const { body, adaptations } = await write(request, call);
      return streamAnswer(call, () => model.generateContentStream(asTyped(body)), createGoogleStream(call.now, newId), adaptations);
    },

    async countTokens(request, call) {
      const model = modelOf(request.model, call);
      const { body } = await write(request, call);
      const counted = toCountRequest(request.model, body) as unknown as CountTokensRequest;
      const response = await callProvider(call, () => model.countTokens(counted));
      const { totalTokens } = asObject(await readJson(response, call));
      if (typeof totalTokens !== "number") throw malformedAnswer("The provider's answer has no count.");
      return asCount(totalTokens);
    },

    async embed(input, call) {
      const model = modelOf(input.model, call);
      const { body, adaptations } = toGoogleEmbedding(input, call.strict);
      const requests = body as unknown as Parameters<typeof model.batchEmbedContents>[0];
      const response = await callProvider(call, () => model.batchEmbedContents(requests));
      return fromGoogleEmbedding(await readJson(response, call), input, adaptations, call.now());
    },

    async probe(call) {
      // The SDK has no call for the list of models.
      const { apiKey, baseUrl } = clients.toProbe(call.deployment);
      const address = `${baseUrl}/v1beta/models?pageSize=1`;
      await readJson(await callProvider(call, () => fetch(address, { headers: { "x-goog-api-key": apiKey } })), call);
    },
  };
  return createAdapterService(provider, dependencies, close);
}

/** The SDK hands the body on as it is; its types are older than the API. */
function asTyped(body: GoogleBody): GenerateContentRequest {
  return body as unknown as GenerateContentRequest;
}

/** The adapter as compositions see it. */
export const adapter = defineAdapter({ provider: "google", config: googleConfig, create: createAdapterGoogle });
