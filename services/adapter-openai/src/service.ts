import { defineAdapter } from "@fairlead/adapter-kit/adapter-program";
import { callProvider, readJson } from "@fairlead/adapter-kit/call-provider";
import { type Adapter, type AdapterDependencies, createAdapterService } from "@fairlead/adapter-kit/create-adapter-service";
import { type Endpoint, openDeployments } from "@fairlead/adapter-kit/deployment-clients";
import { createLeanFetch } from "@fairlead/adapter-kit/lean-fetch";
import { openOffer } from "@fairlead/adapter-kit/offer";
import { createProviderPool } from "@fairlead/adapter-kit/provider-pool";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import { streamAnswer } from "@fairlead/adapter-kit/stream-answer";
import OpenAI from "openai";
import { type OpenaiConfig, openaiConfig } from "./config.ts";
import { fromOpenaiEmbedding, fromOpenaiResponse } from "./from-openai-response.ts";
import { createOpenaiStream } from "./from-openai-stream.ts";
import { openaiCatalogue } from "./models.ts";
import { OPENAI_DIALECT, toOpenaiEmbedding, toOpenaiRequest } from "./to-openai-request.ts";

/** Milliseconds after which the SDK gives up; never reached, because every call has a deadline of its own. */
const SDK_TIMEOUT_MS = 86_400_000;

/** Makes the adapter of OpenAI: chat completions and embeddings. */
export function createAdapterOpenai(config: OpenaiConfig, dependencies: AdapterDependencies): Adapter {
  const pool = createProviderPool(config);
  const fetch = createLeanFetch({ ...config, dispatcher: pool, tracer: dependencies.tools.tracer });
  const identity = { provider: "openai", telemetryName: "openai", simulated: config.simulated, dialects: [OPENAI_DIALECT] };
  const catalogue = { ...openaiCatalogue, file: config.modelsFile };
  const offer = openOffer({ ...config, identity, catalogue, instance: dependencies.instance }, dependencies.tools);
  const traitsOf = (model: string) => offer.entry(model)?.traits;
  const clients = openDeployments({ ...config, ...identity }, (endpoint) => createClient(config, endpoint, fetch), offer.modelOf);

  const provider: Provider = {
    offer,

    async chat(request, call) {
      const client = clients.of(call.deployment, request.model);
      const { body, adaptations } = toOpenaiRequest(request, { traits: traitsOf(request.model), strict: call.strict, stream: false });
      const response = await callProvider(call, () => client.chat.completions.create({ ...body, stream: false }).asResponse());
      return fromOpenaiResponse(await readJson(response, call), adaptations, call.now());
    },

    async chatStream(request, call) {
      const client = clients.of(call.deployment, request.model);
      const { body, adaptations } = toOpenaiRequest(request, { traits: traitsOf(request.model), strict: call.strict, stream: true });
      const send = () => client.chat.completions.create({ ...body, stream: true }).asResponse();
      return streamAnswer(call, send, createOpenaiStream(call.now), adaptations);
    },

    async embed(input, call) {
      const client = clients.of(call.deployment, input.model);
      const response = await callProvider(call, () => client.embeddings.create(toOpenaiEmbedding(input)).asResponse());
      return fromOpenaiEmbedding(await readJson(response, call), input.texts.length, call.now());
    },

    async probe(call) {
      const client = clients.toProbe(call.deployment);
      await readJson(await callProvider(call, () => client.models.list().asResponse()), call);
    },
  };
  return createAdapterService(provider, dependencies, () => pool.destroy());
}

/** The SDK, which would else read the environment, retry, log and keep time by itself. */
function createClient(config: OpenaiConfig, { apiKey, baseUrl }: Endpoint, fetch: typeof globalThis.fetch): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: baseUrl,
    organization: config.organization || null,
    project: config.project || null,
    adminAPIKey: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    logLevel: "off",
    fetch,
  });
}

/** The adapter as compositions see it. */
export const adapter = defineAdapter({ provider: "openai", config: openaiConfig, create: createAdapterOpenai });
