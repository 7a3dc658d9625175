import { defineAdapter } from "@fairlead/adapter-kit/adapter-program";
import { callProvider, type ProviderCall, readJson } from "@fairlead/adapter-kit/call-provider";
import {
  type Adapter,
  type AdapterDependencies,
  createAdapterService,
} from "@fairlead/adapter-kit/create-adapter-service";
import { openDeployments } from "@fairlead/adapter-kit/deployment-clients";
import { estimateUsage } from "@fairlead/adapter-kit/estimate-usage";
import { openOffer, type TypedOffer } from "@fairlead/adapter-kit/offer";
import { openConnection } from "@fairlead/adapter-kit/open-connection";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import { streamAnswer } from "@fairlead/adapter-kit/stream-answer";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { ChatRequest as OllamaChatRequest } from "ollama/browser";
import { type OllamaConfig, ollamaConfig } from "./config.ts";
import { OLLAMA_DIALECT } from "./dialect.ts";
import { fromOllamaEmbedding, toOllamaEmbedding } from "./embedding.ts";
import { FoundModels } from "./found-models.ts";
import { followModels } from "./follow-models.ts";
import { fromOllamaResponse, type ReadingFacts } from "./from-ollama-response.ts";
import { createOllamaStream } from "./from-ollama-stream.ts";
import { loadImages } from "./load-images.ts";
import { ollamaCatalogue, type OllamaTraits } from "./models.ts";
import { openOllama } from "./ollama-client.ts";
import { type OllamaBody, type OllamaRequest, toOllamaRequest } from "./to-ollama-request.ts";

/** Makes the adapter of Ollama: /api/chat and /api/embed of servers of one's own. */
export function createAdapterOllama(config: OllamaConfig, dependencies: AdapterDependencies): Adapter {
  const { tools } = dependencies;
  const connection = openConnection(config, "ollama", tools);
  const found = new FoundModels();
  const offer = openOllamaOffer(config, dependencies, found);
  const clients = openDeployments(
    { ...config, keys: connection.keys },
    (endpoint) => openOllama(endpoint, connection.fetch),
    offer.modelOf,
  );
  const places = config.deployments.length === 0 ? [{ name: "", baseUrl: undefined }] : config.deployments;
  const servers = places.map(({ name, baseUrl = config.baseUrl }) => {
    return { deployment: name, hosted: isHosted(baseUrl), connect: () => clients.toProbe(name)() };
  });
  const follower = followModels(config.pollSeconds === 0 ? [] : servers, {
    tools,
    everyMs: config.pollSeconds * 1_000,
    onModels(deployment, models) {
      found.put(deployment, models);
      offer.refresh();
    },
  });

  const write = async (request: ChatRequest, call: ProviderCall, stream: boolean): Promise<OllamaRequest> => {
    const images = await loadImages(request, call.signal, config.mediaHosts);
    const promptTokens = estimateUsage(request, 0).inputTokens;
    return toOllamaRequest(request, {
      entry: offer.entry(request.model),
      images,
      promptTokens,
      strict: call.strict,
      stream,
    });
  };
  const facts = (request: ChatRequest, { now }: ProviderCall, forcedTool: string | undefined): ReadingFacts => {
    return { now, newId: tools.newId, forcedTool, promptTokens: () => estimateUsage(request, 0).inputTokens };
  };

  const provider: Provider = {
    offer,

    async chat(request, call) {
      const connect = clients.of(call.deployment, request.model);
      const { body, adaptations, forcedTool } = await write(request, call, false);
      const response = await callProvider(call, () => connect().chat(asTyped(body)));
      return fromOllamaResponse(await readJson(response, call), adaptations, facts(request, call, forcedTool));
    },

    async chatStream(request, call) {
      const connect = clients.of(call.deployment, request.model);
      const { body, adaptations, forcedTool } = await write(request, call, true);
      return streamAnswer(
        call,
        () => connect().chat(asTyped(body)),
        createOllamaStream(facts(request, call, forcedTool)),
        adaptations,
      );
    },

    async embed(input, call) {
      const connect = clients.of(call.deployment, input.model);
      const { body, adaptations } = toOllamaEmbedding(input, call.strict);
      const response = await callProvider(call, () => connect().embed(body));
      return fromOllamaEmbedding(await readJson(response, call), input.texts.length, adaptations, call.now());
    },

    async probe(call) {
      const connect = clients.toProbe(call.deployment);
      await readJson(await callProvider(call, () => connect().version()), call);
    },
  };
  const adapter = createAdapterService(provider, dependencies, async () => {
    await follower.close();
    await connection.close();
  });
  return Object.assign(adapter, { ready: () => follower.looked });
}

function openOllamaOffer(
  config: OllamaConfig,
  { instance, tools }: AdapterDependencies,
  found: FoundModels,
): TypedOffer<OllamaTraits> {
  const identity = {
    provider: "ollama",
    telemetryName: "ollama",
    simulated: config.simulated,
    local: !isHosted(config.baseUrl),
    dialects: [OLLAMA_DIALECT],
  };
  const catalogue = { ...ollamaCatalogue, file: config.modelsFile };
  const { deployments } = config;
  if (config.pollSeconds === 0) return openOffer({ identity, catalogue, deployments, instance }, tools);
  const adjust: FoundModels["adjust"] = (known, changes) => found.adjust(known, changes);
  const deployed = () => found.deployed(deployments);
  return openOffer({ identity, catalogue: { ...catalogue, adjust }, deployments, deployed, instance }, tools);
}

/** Whether an address is that of Ollama's own servers, which are neither near nor free. */
function isHosted(baseUrl: string): boolean {
  return /(^|\.)ollama\.com$/.test(new URL(baseUrl).hostname);
}

/** The SDK's type knows fewer fields than servers do. What it makes of the answer is not used, so either form does. */
function asTyped(body: OllamaBody): OllamaChatRequest & { stream: true } {
  return body as unknown as OllamaChatRequest & { stream: true };
}

/** The adapter as compositions see it. It calls a server of one's own, so it runs where one is named. */
export const adapter = defineAdapter({
  provider: "ollama",
  config: ollamaConfig,
  enabledBy: "baseUrl",
  create: createAdapterOllama,
});
