import { defineAdapter } from "@fairlead/adapter-kit/adapter-program";
import { callProvider, readJson } from "@fairlead/adapter-kit/call-provider";
import { type Adapter, type AdapterDependencies, createAdapterService, describeProvider } from "@fairlead/adapter-kit/create-adapter-service";
import { createLeanFetch } from "@fairlead/adapter-kit/lean-fetch";
import { createProviderPool } from "@fairlead/adapter-kit/provider-pool";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import { streamAnswer } from "@fairlead/adapter-kit/stream-answer";
import OpenAI from "openai";
import { type OpenaiConfig, openaiConfig } from "./config.ts";
import { fromOpenaiEmbedding, fromOpenaiResponse } from "./from-openai-response.ts";
import { createOpenaiStream } from "./from-openai-stream.ts";
import { loadOpenaiModels } from "./models.ts";
import { OPENAI_DIALECT, toOpenaiEmbedding, toOpenaiRequest } from "./to-openai-request.ts";

/** Milliseconds after which the SDK gives up; never reached, because every call has a deadline of its own. */
const SDK_TIMEOUT_MS = 86_400_000;

/** Makes the adapter of OpenAI: chat completions and embeddings. */
export function createAdapterOpenai(config: OpenaiConfig, dependencies: AdapterDependencies): Adapter {
  const pool = createProviderPool(config);
  const client = createClient(config, createLeanFetch({ ...config, dispatcher: pool, tracer: dependencies.tools.tracer }));
  const catalogue = loadOpenaiModels();
  const traitsOf = (model: string) => catalogue.entry(model)?.traits;
  const identity = { provider: "openai", telemetryName: "openai", simulated: config.simulated, dialects: [OPENAI_DIALECT] };

  const provider: Provider = {
    description: describeProvider(identity, catalogue.models, dependencies.instance),

    async chat(request, call) {
      const { body, adaptations } = toOpenaiRequest(request, { traits: traitsOf(request.model), strict: call.strict, stream: false });
      const response = await callProvider(call, () => client.chat.completions.create({ ...body, stream: false }).asResponse());
      return fromOpenaiResponse(await readJson(response, call), adaptations, call.now());
    },

    async chatStream(request, call) {
      const { body, adaptations } = toOpenaiRequest(request, { traits: traitsOf(request.model), strict: call.strict, stream: true });
      const send = () => client.chat.completions.create({ ...body, stream: true }).asResponse();
      return streamAnswer(call, send, createOpenaiStream(call.now), adaptations);
    },

    async embed(input, call) {
      const response = await callProvider(call, () => client.embeddings.create(toOpenaiEmbedding(input)).asResponse());
      return fromOpenaiEmbedding(await readJson(response, call), input.texts.length, call.now());
    },
  };
  return createAdapterService(provider, dependencies, () => pool.destroy());
}

/** The SDK, which would else read the environment, retry, log and keep time by itself. */
function createClient(config: OpenaiConfig, fetch: typeof globalThis.fetch): OpenAI {
  return new OpenAI({
    apiKey: config.apiKey,
    baseURL: config.baseUrl,
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
