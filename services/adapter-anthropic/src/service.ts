import { defineAdapter } from "@fairlead/adapter-kit/adapter-program";
import { Anthropic } from "@anthropic-ai/sdk";
import { callProvider, readJson } from "@fairlead/adapter-kit/call-provider";
import { type Adapter, type AdapterDependencies, createAdapterService, describeProvider } from "@fairlead/adapter-kit/create-adapter-service";
import { createLeanFetch } from "@fairlead/adapter-kit/lean-fetch";
import { createProviderPool } from "@fairlead/adapter-kit/provider-pool";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import { streamAnswer } from "@fairlead/adapter-kit/stream-answer";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure } from "@fairlead/rpc/fairlead-error";
import { type AnthropicConfig, anthropicConfig } from "./config.ts";
import { fromAnthropicResponse } from "./from-anthropic-response.ts";
import { createAnthropicStream } from "./from-anthropic-stream.ts";
import { loadAnthropicModels } from "./models.ts";
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
  const client = createClient(config, createLeanFetch({ ...config, dispatcher: pool, tracer: dependencies.tools.tracer }));
  const catalogue = loadAnthropicModels();
  const identity = { provider: "anthropic", telemetryName: "anthropic", simulated: config.simulated, dialects: [ANTHROPIC_DIALECT] };
  // Not client.messages.create: for models that are to retire it writes to the console at every call.
  const send = (body: AnthropicBody) => client.post("/v1/messages", { body, timeout: SDK_TIMEOUT_MS }).asResponse();

  const provider: Provider = {
    description: describeProvider(identity, catalogue.models, dependencies.instance),

    async chat(request, call) {
      const entry = catalogue.entry(request.model);
      const { body, adaptations } = toAnthropicRequest(request, { entry, strict: call.strict, stream: false });
      const response = await callProvider(call, () => send(body));
      return fromAnthropicResponse(await readJson(response, call), adaptations, call.now());
    },

    async chatStream(request, call) {
      const entry = catalogue.entry(request.model);
      const { body, adaptations } = toAnthropicRequest(request, { entry, strict: call.strict, stream: true });
      return streamAnswer(call, () => send(body), createAnthropicStream(call.now), adaptations);
    },

    embed: () => Promise.reject(failure(ErrorCode.UNIMPLEMENTED, "Anthropic makes no embeddings.")),
  };
  return createAdapterService(provider, dependencies, () => pool.destroy());
}

/** The SDK, which would else read the environment, retry, log, trace and keep time by itself. */
function createClient(config: AnthropicConfig, fetch: typeof globalThis.fetch): Anthropic {
  return new Anthropic({
    apiKey: config.apiKey,
    baseURL: config.baseUrl,
    webhookKey: null,
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    logLevel: "off",
    openTelemetry: false,
    // Proxies and servers that speak this version know the key by its old header.
    defaultHeaders: { "anthropic-version": API_VERSION, "x-api-key": config.apiKey, authorization: null },
    fetch,
  });
}

/** The adapter as compositions see it. */
export const adapter = defineAdapter({ provider: "anthropic", config: anthropicConfig, create: createAdapterAnthropic });
