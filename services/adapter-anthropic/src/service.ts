import { defineAdapter } from "@fairlead/adapter-kit/adapter-program";
import { Anthropic } from "@anthropic-ai/sdk";
import { callProvider, readJson } from "@fairlead/adapter-kit/call-provider";
import { type Adapter, type AdapterDependencies, createAdapterService } from "@fairlead/adapter-kit/create-adapter-service";
import { type Endpoint, openDeployments } from "@fairlead/adapter-kit/deployment-clients";
import { createLeanFetch } from "@fairlead/adapter-kit/lean-fetch";
import { openOffer } from "@fairlead/adapter-kit/offer";
import { createProviderPool } from "@fairlead/adapter-kit/provider-pool";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import { streamAnswer } from "@fairlead/adapter-kit/stream-answer";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure } from "@fairlead/rpc/fairlead-error";
import { type AnthropicConfig, anthropicConfig } from "./config.ts";
import { fromAnthropicResponse } from "./from-anthropic-response.ts";
import { createAnthropicStream } from "./from-anthropic-stream.ts";
import { anthropicCatalogue } from "./models.ts";
import { ANTHROPIC_DIALECT, type AnthropicBody, toAnthropicRequest } from "./to-anthropic-request.ts";

/** Milliseconds after which the SDK gives up; never reached, because every call has a deadline of its own. */
const SDK_TIMEOUT_MS = 86_400_000;

/**
 * The API version that requests are written for. Later ones refuse temperature, top_p and top_k, which callers of the
 * models on offer set.
 */
const API_VERSION = "2023-06-01";

/** Makes the adapter of Anthropic: messages. */
export function createAdapterAnthropic(config: AnthropicConfig, dependencies: AdapterDependencies): Adapter {
  const pool = createProviderPool(config);
  const fetch = createLeanFetch({ ...config, dispatcher: pool, tracer: dependencies.tools.tracer });
  const identity = { provider: "anthropic", telemetryName: "anthropic", simulated: config.simulated, dialects: [ANTHROPIC_DIALECT] };
  const catalogue = { ...anthropicCatalogue, file: config.modelsFile };
  const offer = openOffer({ ...config, identity, catalogue, instance: dependencies.instance }, dependencies.tools);
  const clients = openDeployments({ ...config, ...identity }, (endpoint) => createClient(endpoint, fetch), offer.modelOf);
  // Not client.messages.create: for models that are to retire it writes to the console at every call.
  const send = (client: Anthropic, body: AnthropicBody) => client.post("/v1/messages", { body, timeout: SDK_TIMEOUT_MS }).asResponse();

  const provider: Provider = {
    offer,

    async chat(request, call) {
      const client = clients.of(call.deployment, request.model);
      const entry = offer.entry(request.model);
      const { body, adaptations } = toAnthropicRequest(request, { entry, strict: call.strict, stream: false });
      const response = await callProvider(call, () => send(client, body));
      return fromAnthropicResponse(await readJson(response, call), adaptations, call.now());
    },

    async chatStream(request, call) {
      const client = clients.of(call.deployment, request.model);
      const entry = offer.entry(request.model);
      const { body, adaptations } = toAnthropicRequest(request, { entry, strict: call.strict, stream: true });
      return streamAnswer(call, () => send(client, body), createAnthropicStream(call.now), adaptations);
    },

    embed: () => Promise.reject(failure(ErrorCode.UNIMPLEMENTED, "Anthropic makes no embeddings.")),

    async probe(call) {
      const client = clients.toProbe(call.deployment);
      await readJson(await callProvider(call, () => client.get("/v1/models", { query: { limit: 1 } }).asResponse()), call);
    },
  };
  return createAdapterService(provider, dependencies, () => pool.destroy());
}

/** The SDK, which would else read the environment, retry, log, trace and keep time by itself. */
function createClient({ apiKey, baseUrl }: Endpoint, fetch: typeof globalThis.fetch): Anthropic {
  return new Anthropic({
    apiKey,
    baseURL: baseUrl,
    webhookKey: null,
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    logLevel: "off",
    openTelemetry: false,
    // Proxies and servers that speak this version know the key by its old header.
    defaultHeaders: { "anthropic-version": API_VERSION, "x-api-key": apiKey, authorization: null },
    fetch,
  });
}

/** The adapter as compositions see it. */
export const adapter = defineAdapter({ provider: "anthropic", config: anthropicConfig, create: createAdapterAnthropic });
