import { Anthropic } from "@anthropic-ai/sdk";
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
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure } from "@fairlead/rpc/fairlead-error";
import { type AnthropicConfig, anthropicConfig } from "./config.ts";
import { ANTHROPIC_DIALECT } from "./dialect.ts";
import { fromAnthropicResponse } from "./from-anthropic-response.ts";
import { createAnthropicStream } from "./from-anthropic-stream.ts";
import { anthropicCatalogue } from "./models.ts";
import { type AnthropicRequest, toAnthropicRequest } from "./to-anthropic-request.ts";
import { toCountBody } from "./to-count-body.ts";

/** Milliseconds after which the SDK gives up; never reached, because every call has a deadline of its own. */
const SDK_TIMEOUT_MS = 86_400_000;

/**
 * The API version that requests are written for. Later ones refuse temperature, top_p and top_k, which callers of the
 * models on offer set.
 */
const API_VERSION = "2023-06-01";

/** Makes the adapter of Anthropic: messages. */
export function createAdapterAnthropic(config: AnthropicConfig, dependencies: AdapterDependencies): Adapter {
  const { fetch, keys, close } = openConnection(config, "anthropic", dependencies.tools);
  const identity = { provider: "anthropic", telemetryName: "anthropic", simulated: config.simulated, dialects: [ANTHROPIC_DIALECT] };
  const catalogue = { ...anthropicCatalogue, file: config.modelsFile };
  const offer = openOffer({ ...config, identity, catalogue, instance: dependencies.instance }, dependencies.tools);
  const clients = openDeployments({ ...config, keys }, (endpoint) => createClient(endpoint, fetch), offer.modelOf);
  const write = (request: ChatRequest, call: ProviderCall, stream: boolean) =>
    toAnthropicRequest(request, { entry: offer.entry(request.model), strict: call.strict, stream });
  // Not client.messages.create: for models that are to retire it writes to the console at every call.
  const send = (client: Anthropic, { body, betas }: AnthropicRequest) =>
    client.post("/v1/messages", { body, ...callOptions(betas) }).asResponse();

  const provider: Provider = {
    offer,

    async chat(request, call) {
      const client = clients.of(call.deployment, request.model);
      const written = write(request, call, false);
      const response = await callProvider(call, () => send(client, written));
      return fromAnthropicResponse(await readJson(response, call), written.adaptations, written.reading, call.now());
    },

    async chatStream(request, call) {
      const client = clients.of(call.deployment, request.model);
      const written = write(request, call, true);
      return streamAnswer(call, () => send(client, written), createAnthropicStream(written.reading, call.now), written.adaptations);
    },

    async countTokens(request, call) {
      const client = clients.of(call.deployment, request.model);
      const { body, betas } = write(request, call, false);
      const response = await callProvider(call, () => client.messages.countTokens(toCountBody(body), callOptions(betas)).asResponse());
      const { input_tokens: counted } = asObject(await readJson(response, call));
      if (typeof counted !== "number") throw malformedAnswer("The provider's answer has no count.");
      return asCount(counted);
    },

    embed: () => Promise.reject(failure(ErrorCode.UNIMPLEMENTED, "Anthropic makes no embeddings.")),

    async probe(call) {
      const client = clients.toProbe(call.deployment);
      await readJson(await callProvider(call, () => client.get("/v1/models", { query: { limit: 1 } }).asResponse()), call);
    },
  };
  return createAdapterService(provider, dependencies, close);
}

function callOptions(betas: readonly string[]) {
  return { timeout: SDK_TIMEOUT_MS, ...(betas.length === 0 ? {} : { headers: { "anthropic-beta": betas.join(",") } }) };
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
